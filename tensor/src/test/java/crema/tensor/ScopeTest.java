package crema.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ScopeTest {
  private final Backend backend = Backend.open(Device.CPU, new BackendOptions(1));

  @AfterEach
  void allMemoryIsReturned() {
    assertThat(backend.liveBytes()).isZero();
    backend.close();
  }

  @Test
  void closingReturnsTheMemoryOfEveryTensor() {
    var scope = new Scope(backend);
    scope.zeros(DType.F32, 10);
    scope.ints(new int[] {1, 2}, 2);
    assertThat(backend.liveBytes()).isEqualTo(48);
    scope.close();
    assertThat(backend.liveBytes()).isZero();
    scope.close();
  }

  @Test
  void aTensorMayBeClosedBeforeItsScope() {
    try (var scope = new Scope(backend)) {
      Tensor tensor = scope.zeros(DType.F32, 10);
      tensor.close();
      assertThat(backend.liveBytes()).isZero();
      tensor.close();
    }
  }

  @Test
  void aRetainedTensorOutlivesItsScopeUntilItIsClosed() {
    Tensor tensor;
    try (var scope = new Scope(backend)) {
      tensor = scope.floats(new float[] {1, 2}, 2).retain();
    }
    assertThat(tensor.toFloats()).containsExactly(1, 2);
    tensor.close();
  }

  @Test
  void anAdoptedTensorDiesWithItsNewScope() {
    try (var outer = new Scope(backend)) {
      Tensor tensor;
      try (var inner = new Scope(backend)) {
        tensor = inner.floats(new float[] {1, 2}, 2).retain();
      }
      outer.adopt(tensor);
      assertThat(tensor.toFloats()).containsExactly(1, 2);
    }
  }

  @Test
  void aClosedScopeMakesNoTensors() {
    var scope = new Scope(backend);
    scope.close();
    assertThatIllegalStateException().isThrownBy(() -> scope.zeros(DType.F32, 3)).withMessageContaining("[3]");
  }

  @Test
  void memoryIsUsedAgain() {
    Storage first;
    try (var scope = new Scope(backend)) {
      scope.zeros(DType.F32, 1000);
    }
    try (var scope = new Scope(backend)) {
      first = scope.floats(new float[1000], 1000).storage();
      assertThat(scope.zeros(DType.F32, 1000).storage()).isNotSameAs(first);
      assertThat(backend.liveBytes()).isEqualTo(8000);
    }
  }
}
