package crema.autograd.op;

import static org.assertj.core.api.Assertions.assertThat;

import crema.autograd.BackwardPass;
import crema.autograd.GradCheck;
import crema.autograd.Op;
import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.tensor.Activation;
import crema.tensor.Backend;
import crema.tensor.BackendOptions;
import crema.tensor.BinaryOperator;
import crema.tensor.DType;
import crema.tensor.Device;
import crema.tensor.PointwiseOps;
import crema.tensor.Scope;
import crema.tensor.Tensor;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** An op of somebody else's: a record and its rows, checked as those of the catalog are, without a change elsewhere. */
class OwnOpTest {
  /** log(1 + eˣ) for each element. */
  private record Softplus(Variable x) implements Op {
    static Variable apply(Tape tape, Variable x) {
      PointwiseOps pointwise = tape.ops().pointwise();
      Tensor y = tape.scope().emptyLike(x.value());
      Tensor one = tape.scope().empty(y.dtype(), 1);
      pointwise.fill(1, one);
      pointwise.activate(Activation.EXP, x.value(), y);
      pointwise.binary(BinaryOperator.ADD, y, one, y);
      pointwise.activate(Activation.LOG, y, y);
      return tape.record(new Softplus(x), y);
    }

    @Override
    public List<Variable> inputs() {
      return List.of(x);
    }

    @Override
    public void backward(Tensor upstream, BackwardPass pass) {
      Tensor slope = pass.scope().emptyLike(upstream);
      pass.ops().pointwise().activate(Activation.SIGMOID, x.value(), slope);
      pass.ops().pointwise().binary(BinaryOperator.MULTIPLY, upstream, slope, upstream);
      slope.close();
      pass.add(x, upstream);
    }
  }

  static Stream<OpRow> rows() {
    return Stream.of(1, 7, 16, 33).map(n -> new OpRow(Softplus.class, "[3, " + n + "]", Catalog.TOLERANCE, 1e-30, false,
        true, List.of(Input.of(3, n)), (tape, in) -> Softplus.apply(tape, in.getFirst())));
  }

  @ParameterizedTest
  @MethodSource("rows")
  void isCheckedAsThoseOfTheCatalogAre(OpRow row) {
    try (Backend reference = Backend.open(Device.REFERENCE);
        Backend one = Backend.open(Device.CPU, new BackendOptions(1));
        Backend cpu = Backend.open(Device.CPU, new BackendOptions(7));
        var scope = new Scope(new ProbeBackend(reference))) {
      var worst = GradCheck.check(row.name(), row.apply(), row.tensors(scope, DType.F64));
      assertThat(worst.error()).as(worst.toString()).isLessThan(1e-6);
      List<Output> expected = row.run(reference, DType.F64);
      List<Output> actual = row.run(cpu, DType.F32);
      for (int i = 0; i < expected.size(); i++) {
        assertThat(actual.get(i).errorAgainst(expected.get(i), row.negligible())).isLessThan(row.tolerance());
      }
      assertThat(row.run(one, DType.F32)).extracting(Output::digest)
          .isEqualTo(actual.stream().map(Output::digest).toList());
      assertThat(cpu.liveBytes()).isZero();
    }
  }
}
