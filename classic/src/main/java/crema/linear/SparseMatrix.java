package crema.linear;

import crema.base.Fingerprint;
import java.util.Arrays;
import java.util.List;

/**
 * A matrix of which most elements are zero, in compressed sparse rows: row {@code r} has the elements
 * {@code start(r)} to {@code end(r) - 1} of two parallel arrays of columns and values, with the columns ascending. A
 * block of columns that are dense may follow the sparse ones.
 */
public final class SparseMatrix {
  private final int columns;
  private final int[] rowStarts;
  private final int[] columnIndices;
  private final float[] values;
  private final int denseColumns;
  private final float[] dense;

  /**
   * A matrix around the given arrays, which are not copied.
   *
   * @param columns how many there are
   * @param rowStarts [rows + 1], where each row starts in the other two, and where the last one ends
   * @param columnIndices [elements], ascending within a row
   * @param values [elements]
   * @throws IllegalArgumentException when the arrays do not make a matrix
   */
  public SparseMatrix(int columns, int[] rowStarts, int[] columnIndices, float[] values) {
    if (rowStarts.length == 0 || rowStarts[0] != 0 || rowStarts[rowStarts.length - 1] != values.length
        || columnIndices.length != values.length) {
      throw new IllegalArgumentException("the rows do not cover " + columnIndices.length + " columns and "
          + values.length + " values");
    }
    for (int row = 0; row + 1 < rowStarts.length; row++) {
      int previous = -1;
      if (rowStarts[row + 1] > values.length) {
        throw new IllegalArgumentException("row " + row + " ends after all elements");
      }
      if (rowStarts[row + 1] < rowStarts[row]) {
        throw new IllegalArgumentException("row " + row + " ends before it starts");
      }
      for (int at = rowStarts[row]; at < rowStarts[row + 1]; at++) {
        if (columnIndices[at] <= previous || columnIndices[at] >= columns) {
          throw new IllegalArgumentException("row " + row + " has column " + columnIndices[at] + " after " + previous
              + " of " + columns + " columns");
        }
        previous = columnIndices[at];
      }
    }
    this.columns = columns;
    this.rowStarts = rowStarts;
    this.columnIndices = columnIndices;
    this.values = values;
    denseColumns = 0;
    dense = new float[0];
  }

  private SparseMatrix(SparseMatrix sparse, int denseColumns, float[] dense) {
    columns = sparse.columns;
    rowStarts = sparse.rowStarts;
    columnIndices = sparse.columnIndices;
    values = sparse.values;
    this.denseColumns = denseColumns;
    this.dense = dense;
  }

  /**
   * The same with a block of dense columns after its own.
   *
   * @param number how many there are
   * @param block [rows, number], not copied
   * @throws IllegalArgumentException when the block has another size, or the matrix has one already
   */
  public SparseMatrix withDense(int number, float[] block) {
    if (denseColumns > 0 || number < 0 || (long) rows() * number != block.length) {
      throw new IllegalArgumentException(block.length + " numbers are not " + number + " dense columns of " + rows()
          + " rows that have " + denseColumns);
    }
    return new SparseMatrix(this, number, block);
  }

  /**
   * Matrices of the same rows side by side: the columns of the first, then those of the second, and so on.
   *
   * @param parts at least one, without dense columns
   * @param scales what the elements of each part are multiplied by
   * @throws IllegalArgumentException when the parts differ in rows, have dense columns, or are too large together
   */
  public static SparseMatrix beside(List<SparseMatrix> parts, float[] scales) {
    int rows = parts.getFirst().rows();
    long columns = 0;
    long elements = 0;
    for (SparseMatrix part : parts) {
      if (part.rows() != rows || part.denseColumns > 0) {
        throw new IllegalArgumentException(part + " does not go beside " + parts.getFirst());
      }
      columns += part.columns;
      elements += part.elements();
    }
    if (columns > Integer.MAX_VALUE || elements > RowBuffer.MAX_ELEMENTS) {
      throw new IllegalArgumentException(
          columns + " columns and " + elements + " elements are more than a matrix holds; "
              + "use fewer texts or shorter n-grams, or limit the features");
    }
    var buffer = new RowBuffer(rows);
    for (int row = 0; row < rows; row++) {
      int first = 0;
      for (int i = 0; i < parts.size(); i++) {
        SparseMatrix part = parts.get(i);
        for (int at = part.start(row); at < part.end(row); at++) {
          buffer.append(first + part.column(at), part.value(at) * scales[i]);
        }
        first += part.columns;
      }
      buffer.endRow();
    }
    return buffer.toMatrix((int) columns);
  }

  /** How many rows. */
  public int rows() {
    return rowStarts.length - 1;
  }

  /** How many columns, the dense ones included. */
  public int columns() {
    return columns + denseColumns;
  }

  /** How many columns come before the dense ones. */
  public int sparseColumns() {
    return columns;
  }

  /** How many dense columns there are. */
  public int denseColumns() {
    return denseColumns;
  }

  /** The element of a row in a dense column, counted from the first of these. */
  public float dense(int row, int column) {
    return dense[row * denseColumns + column];
  }

  /** [rows, denseColumns], not copied. */
  float[] dense() {
    return dense;
  }

  /** How many elements of sparse columns are stored. */
  public int elements() {
    return values.length;
  }

  /** The first element of a row. */
  public int start(int row) {
    return rowStarts[row];
  }

  /** The element after a row's last. */
  public int end(int row) {
    return rowStarts[row + 1];
  }

  /** The column of an element. */
  public int column(int element) {
    return columnIndices[element];
  }

  /** The value of an element. */
  public float value(int element) {
    return values[element];
  }

  /** Some rows, in the order in which they are named. */
  public SparseMatrix rows(int[] wanted) {
    var starts = new int[wanted.length + 1];
    for (int i = 0; i < wanted.length; i++) {
      starts[i + 1] = Math.addExact(starts[i], end(wanted[i]) - start(wanted[i]));
    }
    var indices = new int[starts[wanted.length]];
    var copied = new float[indices.length];
    for (int i = 0; i < wanted.length; i++) {
      System.arraycopy(columnIndices, start(wanted[i]), indices, starts[i], starts[i + 1] - starts[i]);
      System.arraycopy(values, start(wanted[i]), copied, starts[i], starts[i + 1] - starts[i]);
    }
    var block = new float[Math.multiplyExact(wanted.length, denseColumns)];
    for (int i = 0; i < wanted.length; i++) {
      System.arraycopy(dense, wanted[i] * denseColumns, block, i * denseColumns, denseColumns);
    }
    return new SparseMatrix(new SparseMatrix(columns, starts, indices, copied), denseColumns, block);
  }

  /** Adds all that makes up the matrix to a fingerprint. */
  public void addTo(Fingerprint fingerprint) {
    fingerprint.add(columns).add(rowStarts).add(columnIndices).add(values).add(denseColumns).add(dense);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SparseMatrix matrix && columns == matrix.columns
        && Arrays.equals(rowStarts, matrix.rowStarts) && Arrays.equals(columnIndices, matrix.columnIndices)
        && Arrays.equals(values, matrix.values) && denseColumns == matrix.denseColumns
        && Arrays.equals(dense, matrix.dense);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * Arrays.hashCode(columnIndices) + Arrays.hashCode(values)) + Arrays.hashCode(dense);
  }

  /** The extents, not the elements. */
  @Override
  public String toString() {
    return "SparseMatrix[" + rows() + " x " + columns() + ", " + elements() + " elements]";
  }
}
