package crema.linear;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
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
  void matricesOfTheSameRowsStandSideBySide() {
    var left = new SparseMatrix(3, new int[] {0, 2, 2, 3}, new int[] {0, 2, 1}, new float[] {1, 2, 3});
    var right = new SparseMatrix(2, new int[] {0, 0, 1, 2}, new int[] {1, 0}, new float[] {4, 5});
    assertThat(SparseMatrix.beside(List.of(left, right), new float[] {1, 0.5f})).isEqualTo(new SparseMatrix(5,
        new int[] {0, 2, 3, 5}, new int[] {0, 2, 4, 1, 3}, new float[] {1, 2, 2, 3, 2.5f}));
    assertThatThrownBy(() -> SparseMatrix.beside(List.of(left, right.rows(new int[] {0})), new float[] {1, 1}))
        .hasMessageContaining("does not go beside");
    assertThatThrownBy(() -> SparseMatrix.beside(List.of(left.withDense(1, new float[3])), new float[] {1}))
        .hasMessageContaining("does not go beside");
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
