package crema.autograd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import crema.autograd.op.Activate;
import crema.autograd.op.Dropout;
import crema.tensor.Activation;
import crema.tensor.Backend;
import crema.tensor.Device;
import crema.tensor.Scope;
import crema.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GradCheckTest {
  private final Backend backend = Backend.open(Device.REFERENCE);
  private final Scope scope = new Scope(backend);

  @AfterEach
  void close() {
    scope.close();
    assertThat(backend.liveBytes()).isZero();
  }

  /** 3 · x, whose backward pass errs in one element of the second input and ignores the third. */
  private record Wrong(List<Variable> inputs, double errorOfElement2) implements Op {
    static Variable apply(Tape tape, List<Variable> inputs, double error) {
      Tensor y = tape.scope().emptyLike(inputs.get(1).value());
      tape.ops().pointwise().scale(3, inputs.get(1).value(), y);
      return tape.record(new Wrong(inputs, error), y);
    }

    @Override
    public void backward(Tensor upstream, BackwardPass pass) {
      double[] dx = upstream.toDoubles();
      for (int i = 0; i < dx.length; i++) {
        dx[i] *= i == 2 ? 3 + errorOfElement2 : 3;
      }
      pass.add(inputs.get(1), pass.scope().doubles(dx, upstream.shape().toArray()));
    }
  }

  @Test
  void namesTheElementWhoseGradientIsWrong() {
    List<Tensor> inputs = List.of(scope.doubles(new double[] {1}, 1), scope.doubles(new double[] {1, 2, 3, 4}, 4));
    var worst = GradCheck.check("wrong", (tape, in) -> Wrong.apply(tape, in, 0.01), inputs);
    assertThat(worst.input()).isEqualTo(1);
    assertThat(worst.index()).isEqualTo(2);
    assertThat(worst.analytic() / worst.numeric()).isBetween(1.003, 1.004);
    assertThat(worst.error()).isGreaterThan(1e-4);
    assertThat(worst.toString()).contains("wrong", "input 1", "element 2", "analytic", "numeric");
  }

  @Test
  void acceptsRightGradientsAndLeavesTheInputsAsTheyWere() {
    List<Tensor> inputs = List.of(scope.doubles(new double[] {1}, 1), scope.doubles(new double[] {1, 2, 3, 4}, 2, 2));
    var worst = GradCheck.check("right", (tape, in) -> Wrong.apply(tape, in, 0), inputs);
    assertThat(worst.error()).isLessThan(1e-9);
    assertThat(inputs.get(1).toDoubles()).containsExactly(1, 2, 3, 4);
  }

  @Test
  void aGradientThatIsNotANumberIsInfinitelyWrong() {
    List<Tensor> inputs = List.of(scope.doubles(new double[] {-1, 2}, 2));
    var worst = GradCheck.check("log", (tape, in) -> Activate.apply(tape, Activation.LOG, in.getFirst()), inputs);
    assertThat(worst.error()).isInfinite();
    assertThat(worst.index()).isZero();
  }

  @Test
  void randomOpsDrawTheSameNumbersInEachEvaluation() {
    List<Tensor> inputs = List.of(scope.doubles(new double[] {1, 2, 3, 4, 5, 6, 7, 8}, 8));
    GradCheck.Function dropout = (tape, in) -> Dropout.apply(tape, in.getFirst(), 0.5f);
    var worst = GradCheck.check("dropout", dropout, inputs);
    assertThat(worst.error()).isLessThan(1e-9);
    assertThat(GradCheck.check("dropout", dropout, inputs)).isEqualTo(worst);
  }

  @Test
  void singlePrecisionIsRefused() {
    List<Tensor> inputs = List.of(scope.floats(new float[] {1}, 1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> GradCheck.check("x", (tape, in) -> in.getFirst(), inputs))
        .withMessageContaining("F32 [1]");
  }
}
