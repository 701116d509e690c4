package crema.nn.loss;

import java.util.Arrays;

/** The cosines between all rows of a matrix, and the way back from their gradient to that of the rows. */
final class CosineSimilarity {
  /** Rows shorter than this are divided by it instead of their length, as PyTorch's {@code normalize} does. */
  private static final double SHORTEST = 1e-12;

  private final int rows;
  private final int columns;
  private final double[] lengths;
  private final double[] units;
  private final double[] unitsTransposed;

  /** Reads the rows of {@code x}, {@code [rows, columns]}. */
  CosineSimilarity(double[] x, int rows, int columns) {
    this.rows = rows;
    this.columns = columns;
    lengths = new double[rows];
    units = new double[x.length];
    unitsTransposed = new double[x.length];
    for (int i = 0; i < rows; i++) {
      double squares = 0;
      for (int k = 0; k < columns; k++) {
        squares += x[i * columns + k] * x[i * columns + k];
      }
      lengths[i] = Math.max(SHORTEST, Math.sqrt(squares));
      for (int k = 0; k < columns; k++) {
        units[i * columns + k] = x[i * columns + k] / lengths[i];
        unitsTransposed[k * rows + i] = units[i * columns + k];
      }
    }
  }

  /** The cosines of row {@code i} with all rows. */
  void of(int i, double[] cosines) {
    Arrays.fill(cosines, 0);
    for (int k = 0; k < columns; k++) {
      addScaled(units[i * columns + k], unitsTransposed, k * rows, cosines, 0, rows);
    }
  }

  /**
   * Adds the gradient of the rows, given that of the cosines.
   *
   * @param dcosines {@code [rows, rows]}: ∂loss/∂cosine of rows i and j, both of (i, j) and (j, i) counting
   * @param gradient {@code [rows, columns]}
   */
  void backward(double[] dcosines, double[] gradient) {
    var dunit = new double[columns];
    for (int i = 0; i < rows; i++) {
      Arrays.fill(dunit, 0);
      for (int j = 0; j < rows; j++) {
        addScaled(dcosines[i * rows + j] + dcosines[j * rows + i], units, j * columns, dunit, 0, columns);
      }
      double along = 0;
      if (lengths[i] > SHORTEST) {
        for (int k = 0; k < columns; k++) {
          along += dunit[k] * units[i * columns + k];
        }
      }
      for (int k = 0; k < columns; k++) {
        gradient[i * columns + k] += (dunit[k] - along * units[i * columns + k]) / lengths[i];
      }
    }
  }

  private static void addScaled(double factor, double[] x, int fromX, double[] y, int fromY, int length) {
    for (int k = 0; k < length; k++) {
      y[fromY + k] += factor * x[fromX + k];
    }
  }
}
