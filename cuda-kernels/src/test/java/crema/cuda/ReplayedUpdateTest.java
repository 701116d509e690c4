package crema.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import crema.ptx.Capability;
import crema.tensor.AdamWSlot;
import crema.tensor.AdamWStep;
import crema.tensor.DType;
import crema.tensor.Deferred;
import crema.tensor.Device;
import crema.tensor.Precision;
import crema.tensor.Scope;
import crema.tensor.SparseRows;
import crema.tensor.Tensor;
import crema.tensor.Write;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Steps of training whose batches, rates and numbers of distinct ids differ: replayed as graphs they give the same bits. */
class ReplayedUpdateTest {
  private static final int TOKENS = 48;
  private static final int CLASSES = 8;
  private static final int STEPS = 10;

  private record Run(List<Double> losses, List<Double> norms, float[] table, float[] bias) {}

  private static Run train(CudaBackend backend) {
    var losses = new ArrayList<Deferred>();
    var norms = new ArrayList<Deferred>();
    try (var weights = new Scope(backend)) {
      Tensor table = weights.zeros(DType.F32, 500, CLASSES);
      Tensor bias = weights.zeros(DType.F32, CLASSES);
      var moments = new ArrayList<Tensor>();
      for (Tensor parameter : List.of(table, table, bias, bias)) {
        moments.add(weights.zeros(DType.F32, parameter.shape()));
      }
      for (int step = 1; step <= STEPS; step++) {
        var random = new Random(step);
        int distinct = 1 + 5 * step;
        int[] ids = random.ints(TOKENS, 0, distinct).toArray();
        int[] labels = random.ints(TOKENS, -1, CLASSES).toArray();
        var numbers = new AdamWStep(0.1 / step, 0.9, 0.99, 1e-8, 0.01, step, 1);
        backend.step("update", () -> {
          try (var scope = new Scope(backend)) {
            var ops = backend.ops();
            Tensor which = scope.ints(ids, TOKENS);
            Tensor logits = scope.empty(DType.F32, TOKENS, CLASSES);
            ops.embedding().gather(table, which, 1, logits);
            for (int row = 0; row < 4; row++) {
              Tensor one = scope.adopt(logits.rows(row, row + 1)).reshape(CLASSES);
              ops.pointwise().addScaled(1, bias, scope.adopt(one));
            }
            Tensor loss = scope.empty(DType.F32, 1);
            ops.losses().crossEntropy(logits, scope.ints(labels, TOKENS), null, 0.1f, loss, logits);
            SparseRows dtable = ops.embedding().gatherBackward(which, logits, 1, scope);
            Tensor dbias = scope.zeros(DType.F32, CLASSES);
            ops.reduction().sumRows(logits, dbias, Write.ADD);
            norms.add(ops.optimizers().adamWAll(List.of(
                new AdamWSlot.Sparse(table, dtable, moments.get(0), moments.get(1), numbers),
                new AdamWSlot.Dense(bias, dbias, moments.get(2), moments.get(3), numbers)), 0.5));
            losses.add(loss.deferredItem());
            return Boolean.TRUE;
          }
        });
      }
      return new Run(losses.stream().map(Deferred::value).toList(), norms.stream().map(Deferred::value).toList(),
          table.toFloats(), bias.toFloats());
    }
  }

  @Test
  void replayedStepsGiveTheBitsOfEagerOnes() {
    try (var eager = new CudaBackend(new Device("emulated", 0), new EmulatedDriver(Capability.SM_80), Precision.FP32);
        var replayed =
            new CudaBackend(new Device("emulated", 0), new EmulatedDriver(Capability.SM_80).pooled(), Precision.FP32)) {
      Run expected = train(eager);
      Run actual = train(replayed);
      assertThat(actual.losses).isEqualTo(expected.losses).allMatch(loss -> loss > 0);
      assertThat(actual.norms).isEqualTo(expected.norms).allMatch(norm -> norm > 0);
      assertThat(actual.table).isEqualTo(expected.table);
      assertThat(actual.bias).isEqualTo(expected.bias);
      // Each of two turns is seen twice before it is a graph, one of them thrice, since the first step fills the weights.
      assertThat(replayed.context().queue().replays()).isEqualTo(STEPS - 5);
      assertThat(eager.context().queue().replays()).isZero();
    }
  }
}
