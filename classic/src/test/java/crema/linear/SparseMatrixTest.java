package crema.linear;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class SparseMatrixTest {
  private static SparseMatrix matrix(int columns, int[] starts, int... indices) {
    return new SparseMatrix(columns, starts, indices, new float[indices.length]);
  }

  @Test
  void rowsAreCopiedInTheOrderAsked() {
    var matrix = new SparseMatrix(3, new int[] {0, 2, 2, 3}, new int[] {0, 2, 1}, new float[] {1, 2, 3});
    assertThat(matrix.rows(new int[] {2, 1, 0, 2})).isEqualTo(
        new SparseMatrix(3, new int[] {0, 1, 1, 3, 4}, new int[] {1, 0, 2, 1}, new float[] {3, 1, 2, 3}));
  }

  @Test
  void arraysThatMakeNoMatrixAreRefused() {
    assertThatThrownBy(() -> matrix(3, new int[] {0, 1}, 0, 1)).hasMessageStartingWith("the rows do not cover");
    assertThatThrownBy(() -> matrix(3, new int[] {0, 2}, 1, 1)).hasMessageStartingWith("row 0 has column 1 after 1");
    assertThatThrownBy(() -> matrix(3, new int[] {0, 1}, 3)).hasMessageStartingWith("row 0 has column 3 after -1");
    assertThatThrownBy(() -> matrix(3, new int[] {0, 1}, -1)).hasMessageStartingWith("row 0 has column -1 after -1");
    assertThatThrownBy(() -> matrix(3, new int[] {0, 2, 1}, 0)).hasMessage("row 0 ends after all elements");
  }
}
