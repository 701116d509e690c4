package crema.linear;

import java.util.Arrays;

/** Collects the rows of a sparse matrix. */
final class RowBuffer {
  static final int MAX_ELEMENTS = Integer.MAX_VALUE - 8;

  private final int[] rowStarts;
  private int[] columns = new int[1024];
  private float[] values = new float[1024];
  private int rows;
  private int size;

  RowBuffer(int rows) {
    rowStarts = new int[rows + 1];
  }

  /** Adds an element to the current row; columns must ascend. */
  void append(int column, float value) {
    if (size == columns.length) {
      int capacity = (int) Math.min(MAX_ELEMENTS, size * 2L);
      if (size == capacity) {
        throw new IllegalArgumentException("the texts have more than " + MAX_ELEMENTS
            + " terms together; use fewer texts or shorter n-grams, or limit the features");
      }
      columns = Arrays.copyOf(columns, capacity);
      values = Arrays.copyOf(values, capacity);
    }
    columns[size] = column;
    values[size++] = value;
  }

  void endRow() {
    rowStarts[++rows] = size;
  }

  SparseMatrix toMatrix(int columnCount) {
    return new SparseMatrix(columnCount, rowStarts, Arrays.copyOf(columns, size), Arrays.copyOf(values, size));
  }
}
