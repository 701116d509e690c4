package crema.tensor.cpu.gemm;

import crema.tensor.Orientation;
import org.jspecify.annotations.Nullable;

/**
 * One matrix product: {@code C = start + op(A) · op(B)}, and what happens to each block of C at the end.
 *
 * @param orientation which operands are stored transposed
 * @param m rows of C
 * @param n columns of C
 * @param k length of the sums
 * @param a A as it is stored
 * @param b B as it is stored, or as it was packed
 * @param c C, {@code [m, n]}
 * @param start where sums start, {@code [m, n]}: C itself where it is added to, or one row for all, with a stride of 0
 * @param epilogue applied to blocks of C as they are finished; null for none
 */
record Product(Orientation orientation, int m, int n, int k, Matrix a, Matrix b, Matrix c, Matrix start,
    @Nullable Epilogue epilogue) {
  /**
   * Rows of floats in an array.
   *
   * @param array holds element (i, j) at {@code offset + i * stride + j}
   */
  record Matrix(float[] array, int offset, int stride) {
    /** Where an element is in the array. */
    int at(int row, int column) {
      return offset + row * stride + column;
    }

    /**
     * Where an element of op(M) is in the array, if this is M.
     *
     * @param transposed whether op(M) is Mᵀ
     */
    int at(boolean transposed, int row, int column) {
      return transposed ? at(column, row) : at(row, column);
    }
  }

  /** Finishes a block of C whose sums are complete. */
  void finish(int row, int rows, int column, int columns) {
    if (epilogue != null) {
      epilogue.apply(c.array, c.at(row, column), c.stride, row, column, rows, columns);
    }
  }

  /** C = start, for sums of no terms. */
  void copyStart() {
    for (int i = 0; i < m; i++) {
      System.arraycopy(start.array, start.at(i, 0), c.array, c.at(i, 0), n);
    }
  }
}
