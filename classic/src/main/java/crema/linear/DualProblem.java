package crema.linear;

import java.util.Arrays;

/**
 * The texts as the solvers walk over them: each row followed by the constant feature of the intercept, sparse columns
 * renumbered from the most to the least frequent so that the weights in use lie close together in the cache. The dense
 * columns keep their places after them.
 */
final class DualProblem {
  private final int rows;
  private final int columns;
  private final int[] rowStarts;
  private final int[] positions;
  private final float[] values;
  private final int[] positionOfColumn;
  private final int denseColumns;
  /** [rows, denseColumns]. */
  private final float[] dense;
  /** Where the weight of the first dense column is. */
  private final int firstDense;
  private final double interceptScaling;
  private final double[] squaredNorms;

  DualProblem(SparseMatrix texts, double interceptScaling) {
    rows = texts.rows();
    columns = texts.columns();
    this.interceptScaling = interceptScaling;
    denseColumns = texts.denseColumns();
    dense = texts.dense();
    firstDense = texts.sparseColumns();
    positionOfColumn = byFrequency(texts);
    rowStarts = new int[rows + 1];
    positions = new int[texts.elements()];
    values = new float[texts.elements()];
    squaredNorms = new double[rows];
    for (int row = 0; row < rows; row++) {
      double squares = interceptScaling * interceptScaling;
      for (int at = texts.start(row); at < texts.end(row); at++) {
        positions[at] = positionOfColumn[texts.column(at)];
        values[at] = texts.value(at);
        squares += (double) values[at] * values[at];
      }
      for (int at = row * denseColumns; at < (row + 1) * denseColumns; at++) {
        squares += (double) dense[at] * dense[at];
      }
      rowStarts[row + 1] = texts.end(row);
      squaredNorms[row] = squares;
    }
  }

  private static int[] byFrequency(SparseMatrix texts) {
    var keys = new long[texts.sparseColumns()];
    Arrays.setAll(keys, column -> column);
    for (int at = 0; at < texts.elements(); at++) {
      keys[texts.column(at)] -= 1L << Integer.SIZE;
    }
    Arrays.sort(keys);
    var position = new int[keys.length];
    for (int i = 0; i < keys.length; i++) {
      position[(int) keys[i]] = i;
    }
    return position;
  }

  int rows() {
    return rows;
  }

  /** How many columns the texts have; the constant feature is not one. */
  int columns() {
    return columns;
  }

  /** Where the weight of a column of the texts is among the solver's weights. */
  int position(int column) {
    return column < firstDense ? positionOfColumn[column] : column;
  }

  /** Where the weight of the constant feature is: after all others. */
  int interceptPosition() {
    return columns;
  }

  /** x · x of a row, with its constant feature. */
  double squaredNorm(int row) {
    return squaredNorms[row];
  }

  /** Σ variance · x² of a row, with its constant feature. */
  double squaredNorm(int row, double[] variances) {
    double squares = interceptScaling * interceptScaling * variances[columns];
    for (int at = rowStarts[row]; at < rowStarts[row + 1]; at++) {
      squares += (double) values[at] * values[at] * variances[positions[at]];
    }
    int begin = row * denseColumns;
    for (int column = 0; column < denseColumns; column++) {
      squares += (double) dense[begin + column] * dense[begin + column] * variances[firstDense + column];
    }
    return squares;
  }

  /** Adds a value to the place of each sparse column that is not zero in a row. */
  void count(int row, double value, double[] counts) {
    for (int at = rowStarts[row]; at < rowStarts[row + 1]; at++) {
      counts[positions[at]] += value;
    }
  }

  /** How many weights there are, that of the constant feature included. */
  int weights() {
    return columns + 1;
  }

  /** How many of them, the first, are of sparse columns. */
  int sparseWeights() {
    return firstDense;
  }

  /** w · x of a row, summed in one fixed order over four accumulators. */
  double dot(int row, double[] w) {
    int at = rowStarts[row];
    int end = rowStarts[row + 1];
    double a = interceptScaling * w[columns];
    double b = 0;
    double c = 0;
    double d = 0;
    for (; at + 3 < end; at += 4) {
      a += values[at] * w[positions[at]];
      b += values[at + 1] * w[positions[at + 1]];
      c += values[at + 2] * w[positions[at + 2]];
      d += values[at + 3] * w[positions[at + 3]];
    }
    for (; at < end; at++) {
      a += values[at] * w[positions[at]];
    }
    double sparse = (a + b) + (c + d);
    return denseColumns == 0 ? sparse : sparse + denseDot(row * denseColumns, w);
  }

  /** w · x over the dense columns of a row that begin at an element, summed in one fixed order. */
  private double denseDot(int begin, double[] w) {
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    int column = 0;
    for (; column + 3 < denseColumns; column += 4) {
      a += dense[begin + column] * w[firstDense + column];
      b += dense[begin + column + 1] * w[firstDense + column + 1];
      c += dense[begin + column + 2] * w[firstDense + column + 2];
      d += dense[begin + column + 3] * w[firstDense + column + 3];
    }
    for (; column < denseColumns; column++) {
      a += dense[begin + column] * w[firstDense + column];
    }
    return (a + b) + (c + d);
  }

  /** w += scale · x of a row. */
  void add(int row, double scale, double[] w) {
    for (int at = rowStarts[row]; at < rowStarts[row + 1]; at++) {
      w[positions[at]] += scale * values[at];
    }
    int begin = row * denseColumns;
    for (int column = 0; column < denseColumns; column++) {
      w[firstDense + column] += scale * dense[begin + column];
    }
    w[columns] += scale * interceptScaling;
  }

  /** w += scale · variances · x of a row. */
  void add(int row, double scale, double[] w, double[] variances) {
    for (int at = rowStarts[row]; at < rowStarts[row + 1]; at++) {
      int position = positions[at];
      w[position] += scale * variances[position] * values[at];
    }
    int begin = row * denseColumns;
    for (int column = 0; column < denseColumns; column++) {
      w[firstDense + column] += scale * variances[firstDense + column] * dense[begin + column];
    }
    w[columns] += scale * variances[columns] * interceptScaling;
  }
}
