package crema.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class SparseRowsTest {
  @Test
  void rowsAndValuesMustMatch() {
    try (Backend backend = Backend.open(Device.REFERENCE); var scope = new Scope(backend)) {
      Tensor rows = scope.ints(new int[] {1, 4}, 2);
      Tensor values = scope.zeros(DType.F32, 3, 5);
      assertThatIllegalArgumentException().isThrownBy(() -> new SparseRows(rows, values))
          .withMessageContaining("[2]").withMessageContaining("[3, 5]");
      new SparseRows(rows, scope.zeros(DType.F32, 2, 5)).close();
      assertThat(rows.isOpen()).isFalse();
    }
  }
}
