package crema.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TensorTest {
  private static Backend open(String device) {
    return Backend.open(Device.parse(device), new BackendOptions(1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"cpu", "reference"})
  void viewsShareTheirElements(String device) {
    try (Backend backend = open(device); var scope = new Scope(backend)) {
      Tensor matrix = scope.floats(new float[] {0, 1, 2, 3, 4, 5}, 3, 2);
      Tensor tail = scope.adopt(matrix.rows(1, 3));
      Tensor flat = scope.adopt(tail.reshape(4));
      assertThat(flat.toFloats()).containsExactly(2, 3, 4, 5);
      scope.adopt(flat.rows(1, 2)).set(30f);
      assertThat(matrix.toFloats()).containsExactly(0, 1, 2, 30, 4, 5);
      assertThat(tail.shape()).isEqualTo(Shape.of(2, 2));
      assertThat(tail.offset()).isEqualTo(2);
      assertThat(backend.liveBytes()).isEqualTo(24);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"cpu", "reference"})
  void aViewKeepsTheMemoryAlive(String device) {
    try (Backend backend = open(device)) {
      Tensor row;
      try (var scope = new Scope(backend)) {
        row = scope.floats(new float[] {0, 1, 2, 3}, 2, 2).rows(1, 2);
      }
      assertThat(row.toFloats()).containsExactly(2, 3);
      assertThat(backend.liveBytes()).isEqualTo(16);
      row.close();
      assertThat(backend.liveBytes()).isZero();
    }
  }

  @Test
  void aTensorOfAClosedScopeThrows() {
    try (Backend backend = open("cpu")) {
      Tensor tensor;
      try (var scope = new Scope(backend)) {
        tensor = scope.zeros(DType.F32, 2, 3);
      }
      assertThat(tensor.isOpen()).isFalse();
      assertThatIllegalStateException().isThrownBy(tensor::toFloats).withMessageContaining("[2, 3]");
      assertThatIllegalStateException().isThrownBy(tensor::share);
      assertThatIllegalStateException().isThrownBy(tensor::retain);
      assertThatIllegalStateException().isThrownBy(() -> backend.ops().pointwise().fill(1, tensor));
      assertThat(tensor).hasToString("F32 [2, 3] (closed)");
    }
  }

  @Test
  void valuesAreConvertedBetweenTheFloatingPointTypes() {
    try (Backend backend = open("reference"); var scope = new Scope(backend)) {
      Tensor wide = scope.empty(DType.F64, 2).set(0.5f, 3f);
      Tensor narrow = scope.empty(DType.F32, 2).set(0.1, 3.0);
      assertThat(wide.toDoubles()).containsExactly(0.5, 3);
      assertThat(wide.toFloats()).containsExactly(0.5f, 3);
      assertThat(narrow.toDoubles()).containsExactly(0.1f, 3);
      assertThat(wide.bytes()).isEqualTo(16);
      assertThat(scope.doubles(new double[] {7}, 1).item()).isEqualTo(7);
      assertThat(narrow).hasToString("F32 [2] [0.1, 3.0]");
    }
  }

  @Test
  void wrongUseIsAnErrorThatNamesTheShapes() {
    try (Backend backend = open("cpu"); var scope = new Scope(backend)) {
      Tensor tensor = scope.zeros(DType.F32, 2, 3);
      assertThatIllegalArgumentException().isThrownBy(() -> tensor.reshape(4, 2))
          .withMessageContaining("[2, 3]").withMessageContaining("[4, 2]");
      assertThatIllegalArgumentException().isThrownBy(() -> tensor.rows(1, 3)).withMessageContaining("[2, 3]");
      assertThatIllegalArgumentException().isThrownBy(() -> tensor.rows(-1, 1));
      assertThatIllegalArgumentException().isThrownBy(() -> tensor.set(1f, 2f)).withMessageContaining("2 values");
      assertThatIllegalStateException().isThrownBy(tensor::toInts).withMessageContaining("F32");
      assertThatIllegalStateException().isThrownBy(() -> tensor.set(1, 2, 3, 4, 5, 6)).withMessageContaining("I32");
      assertThatIllegalStateException().isThrownBy(tensor::item).withMessageContaining("[2, 3]");
      assertThat(tensor.toFloats()).containsOnly(0);
    }
  }

  @Test
  void aTensorThatNoArrayHoldsIsRefusedBeforeItIsAllocated() {
    try (Backend backend = open("cpu"); var scope = new Scope(backend)) {
      assertThatIllegalArgumentException().isThrownBy(() -> scope.empty(DType.F32, 1L << 20, 1L << 12))
          .withMessageContaining("[1048576, 4096]").withMessageContaining("rows");
      assertThat(backend.liveBytes()).isZero();
    }
  }

  @Test
  void aDeferredItemIsTheOneAtTheTimeOfTheCall() {
    try (Backend backend = Backend.open(Device.CPU); var scope = new Scope(backend)) {
      for (DType type : new DType[] {DType.F32, DType.F64}) {
        Tensor x = scope.adopt(scope.empty(type, 3).set(1.0, 2.5, 3.0).rows(1, 2));
        Deferred item = x.deferredItem();
        x.set(7.0);
        assertThat(item.value()).isEqualTo(2.5);
        assertThat(x.item()).isEqualTo(7);
      }
      assertThatIllegalStateException().isThrownBy(() -> scope.zeros(DType.F32, 2).deferredItem());
      assertThatIllegalStateException().isThrownBy(() -> scope.ints(new int[] {1}, 1).deferredItem());
    }
  }
}
