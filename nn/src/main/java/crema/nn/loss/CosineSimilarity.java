package crema.nn.loss;

/** The cosines between all rows of a matrix, and the way back from their gradient to that of the rows. */
final class CosineSimilarity {
  /** Rows shorter than this are divided by it instead of their length, as PyTorch's {@code normalize} does. */
  private static final double SHORTEST = 1e-12;

  /** As many rows of a product's right side as stay in a core's cache while all rows of the left side use them. */
  private static final int TILE = 64;

  private final int rows;
  private final int columns;
  private final double[] lengths;
  private final double[][] units;
  private final double[][] cosines;

  /** Reads the rows of {@code x}, {@code [rows, columns]}. */
  CosineSimilarity(double[] x, int rows, int columns) {
    this.rows = rows;
    this.columns = columns;
    lengths = new double[rows];
    units = new double[rows][columns];
    var transposed = new double[columns][rows];
    for (int i = 0; i < rows; i++) {
      double squares = 0;
      for (int k = 0; k < columns; k++) {
        squares += x[i * columns + k] * x[i * columns + k];
      }
      lengths[i] = Math.max(SHORTEST, Math.sqrt(squares));
      for (int k = 0; k < columns; k++) {
        units[i][k] = x[i * columns + k] / lengths[i];
        transposed[k][i] = units[i][k];
      }
    }
    cosines = product(units, transposed);
  }

  /** The cosines of row {@code i} with all rows; not to be changed. */
  double[] of(int i) {
    return cosines[i];
  }

  /**
   * Adds the gradient of the rows, given that of the cosines.
   *
   * @param dcosines {@code [rows, rows]}: (i, j) and (j, i) both count as ∂loss/∂cosine of rows i and j
   * @param gradient {@code [rows, columns]}
   */
  void backward(double[][] dcosines, double[] gradient) {
    var symmetric = new double[rows][rows];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < rows; j++) {
        symmetric[i][j] = dcosines[i][j] + dcosines[j][i];
      }
    }
    double[][] dunits = product(symmetric, units);
    for (int i = 0; i < rows; i++) {
      double along = 0;
      if (lengths[i] > SHORTEST) {
        for (int k = 0; k < columns; k++) {
          along += dunits[i][k] * units[i][k];
        }
      }
      for (int k = 0; k < columns; k++) {
        gradient[i * columns + k] += (dunits[i][k] - along * units[i][k]) / lengths[i];
      }
    }
  }

  /** The same of a gradient that is divided by a number first, in place. */
  void backward(double[][] dcosines, double divisor, double[] gradient) {
    for (double[] row : dcosines) {
      for (int j = 0; j < rows; j++) {
        row[j] /= divisor;
      }
    }
    backward(dcosines, gradient);
  }

  /** a · b. */
  private static double[][] product(double[][] a, double[][] b) {
    var c = new double[a.length][b.length == 0 ? 0 : b[0].length];
    for (int tile = 0; tile < b.length; tile += TILE) {
      int end = Math.min(tile + TILE, b.length);
      for (int i = 0; i < a.length; i++) {
        int k = tile;
        for (; k + 4 <= end; k += 4) {
          addScaled(a[i][k], b[k], a[i][k + 1], b[k + 1], a[i][k + 2], b[k + 2], a[i][k + 3], b[k + 3], c[i]);
        }
        for (; k < end; k++) {
          addScaled(a[i][k], b[k], c[i]);
        }
      }
    }
    return c;
  }

  /** Four rows at once: y is read and written once instead of four times. */
  private static void addScaled(double f0, double[] x0, double f1, double[] x1, double f2, double[] x2, double f3,
      double[] x3, double[] y) {
    for (int j = 0; j < y.length; j++) {
      y[j] += f0 * x0[j] + f1 * x1[j] + f2 * x2[j] + f3 * x3[j];
    }
  }

  private static void addScaled(double f, double[] x, double[] y) {
    for (int j = 0; j < y.length; j++) {
      y[j] += f * x[j];
    }
  }
}
