package crema.tensor.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crema.base.Rng;
import crema.tensor.AttentionSpec;
import crema.tensor.Backend;
import crema.tensor.DType;
import crema.tensor.Device;
import crema.tensor.Scope;
import crema.tensor.Sequences;
import crema.tensor.Tensor;
import crema.tensor.Write;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is special to this backend: how it cuts long work, its pools, and what it refuses. */
class CpuBackendTest {
  /** Several tiles, several chunks of both passes, and sequences of all kinds of lengths. */
  private static final int[] CUMULATIVE = {0, 1, 18, 83, 683, 1300};
  private static final int HEADS = 2;
  private static final int HEAD_DIM = 20;

  private static Tensor random(Scope scope, int seed, int rows, int columns) {
    var random = new Random(seed);
    var values = new float[rows * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return scope.floats(values, rows, columns);
  }

  /** y, logSumExp, dq, dk and dv of a batch with long sequences. */
  private static List<float[]> attention(Backend backend, boolean causal, float dropout) {
    try (var scope = new Scope(backend)) {
      var sequences = Sequences.of(scope, CUMULATIVE);
      int tokens = sequences.tokens();
      var spec =
          AttentionSpec.of(HEADS, 1, HEAD_DIM, causal).withScale(0.2f).withDropout(dropout, new Rng(1, 2).stream(3));
      Tensor q = random(scope, 1, tokens, HEADS * HEAD_DIM);
      Tensor k = random(scope, 2, tokens, HEAD_DIM);
      Tensor v = random(scope, 3, tokens, HEAD_DIM);
      Tensor dy = random(scope, 4, tokens, HEADS * HEAD_DIM);
      Tensor y = scope.emptyLike(q);
      Tensor logSumExp = scope.empty(DType.F32, tokens, HEADS);
      Tensor dq = scope.emptyLike(q);
      Tensor dk = scope.emptyLike(k);
      Tensor dv = scope.emptyLike(v);
      backend.ops().attention().attention(q, k, v, sequences, spec, y, logSumExp);
      backend.ops().attention().attentionBackward(q, k, v, sequences, spec, y, logSumExp, dy, dq, dk, dv);
      return List.of(y.toFloats(), logSumExp.toFloats(), dq.toFloats(), dk.toFloats(), dv.toFloats());
    }
  }

  private static <T> T onThreads(int threads, Function<Backend, T> work) {
    try (var backend = new CpuBackend(threads)) {
      T result = work.apply(backend);
      assertThat(backend.liveBytes()).isZero();
      return result;
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void attentionOverLongSequencesIsThatOfTheReference(boolean causal) {
    List<float[]> actual = onThreads(2, backend -> attention(backend, causal, 0.1f));
    List<float[]> expected;
    try (Backend reference = Backend.open(Device.REFERENCE)) {
      expected = attention(reference, causal, 0.1f);
    }
    for (int output = 0; output < expected.size(); output++) {
      float[] e = expected.get(output);
      float[] a = actual.get(output);
      for (int i = 0; i < e.length; i++) {
        assertThat(Math.abs(a[i] - e[i])).as("output %d, element %d", output, i).isLessThan(2e-4f);
      }
    }
  }

  @Test
  void attentionHasTheSameBitsForAnyNumberOfThreads() {
    List<float[]> one = onThreads(1, backend -> attention(backend, true, 0.1f));
    for (int threads : new int[] {2, 7}) {
      List<float[]> more = onThreads(threads, backend -> attention(backend, true, 0.1f));
      for (int output = 0; output < one.size(); output++) {
        assertThat(more.get(output)).isEqualTo(one.get(output));
      }
    }
  }

  @Test
  void sumsOverManyRowsHaveTheSameBitsForAnyNumberOfThreads() {
    Function<Backend, List<Object>> sums = backend -> {
      try (var scope = new Scope(backend)) {
        Tensor x = random(scope, 1, 5003, 37);
        Tensor rows = scope.zeros(DType.F32, 37);
        Tensor sum = scope.zeros(DType.F32, 1);
        backend.ops().reduction().sumRows(x, rows, Write.ADD);
        backend.ops().reduction().sum(x, sum, Write.SET);
        var results = new ArrayList<Object>();
        for (float value : rows.toFloats()) {
          results.add(value);
        }
        results.add(sum.item());
        results.add(backend.ops().reduction().sumOfSquares(x));
        return results;
      }
    };
    List<Object> one = onThreads(1, sums);
    assertThat(onThreads(2, sums)).isEqualTo(one);
    assertThat(onThreads(7, sums)).isEqualTo(one);
  }

  @Test
  void aLabelOrAnIdOutsideItsRangeIsRefused() {
    onThreads(1, backend -> {
      try (var scope = new Scope(backend)) {
        Tensor logits = random(scope, 1, 2, 3);
        Tensor loss = scope.zeros(DType.F32, 1);
        Tensor labels = scope.ints(new int[] {0, 3}, 2);
        assertThatThrownBy(() -> backend.ops().losses().crossEntropy(logits, labels, null, 0, loss, null))
            .hasMessageContaining("label 3 of row 1");
        Tensor y = scope.empty(DType.F32, 1, 3);
        Tensor ids = scope.ints(new int[] {2}, 1);
        assertThatThrownBy(() -> backend.ops().embedding().gather(logits, ids, 1, y))
            .hasMessageContaining("id 2 of token 0");
        return true;
      }
    });
  }

  @Test
  void doublePrecisionIsLeftToTheReference() {
    onThreads(1, backend -> {
      try (var scope = new Scope(backend)) {
        Tensor x = scope.doubles(new double[] {1, 2}, 2);
        assertThatThrownBy(() -> backend.ops().pointwise().scale(2, x, x)).hasMessageContaining("holds F64");
        return true;
      }
    });
  }

  @Test
  void anExceptionInATaskLeavesTheBackendUsable() {
    onThreads(2, backend -> {
      try (var scope = new Scope(backend)) {
        Tensor table = random(scope, 1, 10, 64);
        Tensor y = scope.empty(DType.F32, 5000, 64);
        var ids = new int[5000];
        ids[4000] = -1;
        Tensor wrong = scope.ints(ids, ids.length);
        assertThatThrownBy(() -> backend.ops().embedding().gather(table, wrong, 1, y)).hasMessageContaining("id -1");
        ids[4000] = 9;
        backend.ops().embedding().gather(table, scope.ints(ids, ids.length), 1, y);
        assertThat(backend.ops().reduction().isFinite(y)).isTrue();
        return true;
      }
    });
  }
}
