package crema.tensor.reference;

import static org.assertj.core.api.Assertions.assertThat;

import crema.tensor.Backend;
import crema.tensor.BackendOptions;
import crema.tensor.DType;
import crema.tensor.Device;
import crema.tensor.Ops;
import crema.tensor.Orientation;
import crema.tensor.Scope;
import crema.tensor.SparseRows;
import crema.tensor.Tensor;
import crema.tensor.Write;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Ops that a backend has no kernel for. */
class FallbackTest {
  private final Backend backend = Backend.open(Device.CPU, new BackendOptions(1));
  private final Ops ops = new Fallback().ops();

  @AfterEach
  void allMemoryIsReturned() {
    assertThat(backend.liveBytes()).isZero();
    backend.close();
  }

  @Test
  void outputsComeBackAndInputsStay() {
    var matMul = ops.matMul();
    try (var scope = new Scope(backend)) {
      Tensor a = scope.floats(new float[] {1, 2, 3, 4}, 2, 2);
      Tensor c = scope.floats(new float[] {10, 20, 30, 40}, 2, 2);
      matMul.matmul(Orientation.NT, a, a, c, Write.ADD);
      assertThat(c.toFloats()).containsExactly(15, 31, 41, 65);
      assertThat(a.toFloats()).containsExactly(1, 2, 3, 4);
    }
  }

  @Test
  void anOutputMayBeTheInputAndAView() {
    var pointwise = ops.pointwise();
    try (var scope = new Scope(backend)) {
      Tensor whole = scope.floats(new float[] {1, 2, 3, 4}, 4);
      Tensor part = scope.adopt(whole.rows(1, 3));
      pointwise.scale(10, part, part);
      assertThat(whole.toFloats()).containsExactly(1, 20, 30, 4);
    }
  }

  @Test
  void absentOutputsStayAbsent() {
    var normalization = ops.normalization();
    try (var scope = new Scope(backend)) {
      Tensor x = scope.floats(new float[] {3, -3}, 1, 2);
      Tensor y = scope.empty(DType.F32, 1, 2);
      normalization.rmsNorm(x, scope.floats(new float[] {1, 2}, 2), 0, y, null);
      assertThat(y.toFloats()).containsExactly(1, -2);
    }
  }

  @Test
  void rowSparseMatricesAreMadeInTheCallersScope() {
    var embedding = ops.embedding();
    try (var scope = new Scope(backend)) {
      SparseRows gradient = embedding.gatherBackward(scope.ints(new int[] {5, 2, 5}, 3),
          scope.floats(new float[] {1, 10, 100}, 3, 1), 2, scope);
      assertThat(gradient.rows().toInts()).containsExactly(2, 5);
      assertThat(gradient.values().toFloats()).containsExactly(20, 202);
      assertThat(gradient.values().backend()).isSameAs(backend);
    }
  }

  @Test
  void valuesForTheHostAreReturned() {
    var reduction = ops.reduction();
    try (var scope = new Scope(backend)) {
      assertThat(reduction.sumOfSquares(scope.floats(new float[] {3, 4}, 2))).isEqualTo(25);
      assertThat(reduction.isFinite(scope.floats(new float[] {3, Float.NaN}, 2))).isFalse();
    }
  }

  @Test
  void updatesWithoutAKernelChangeTheParameter() {
    var optimizers = ops.optimizers();
    try (var scope = new Scope(backend)) {
      Tensor parameter = scope.floats(new float[] {1, 2}, 2);
      optimizers.sgd(parameter, scope.floats(new float[] {10, 20}, 2), 0.1, 0.5);
      assertThat(parameter.toFloats()).containsExactly(0.5f, 1);
    }
  }
}
