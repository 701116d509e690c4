package crema.linear;

import java.util.Arrays;
import java.util.List;

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
        throw tooMany();
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

  /** The rows of several buffers, one after the other. */
  static SparseMatrix toMatrix(List<RowBuffer> parts, int columnCount) {
    if (parts.size() == 1) {
      return parts.getFirst().toMatrix(columnCount);
    }
    long elements = parts.stream().mapToLong(part -> part.size).sum();
    if (elements > MAX_ELEMENTS) {
      throw tooMany();
    }
    var starts = new int[parts.stream().mapToInt(part -> part.rows).sum() + 1];
    var columns = new int[(int) elements];
    var values = new float[columns.length];
    int row = 0;
    int first = 0;
    for (RowBuffer part : parts) {
      for (int own = 1; own <= part.rows; own++) {
        starts[++row] = first + part.rowStarts[own];
      }
      System.arraycopy(part.columns, 0, columns, first, part.size);
      System.arraycopy(part.values, 0, values, first, part.size);
      first += part.size;
    }
    return new SparseMatrix(columnCount, starts, columns, values);
  }

  private static IllegalArgumentException tooMany() {
    return new IllegalArgumentException("the texts have more than " + MAX_ELEMENTS
        + " terms together; use fewer texts or shorter n-grams, or limit the features");
  }
}
