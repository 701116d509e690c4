package crema.linear;

/** Systems of equations whose matrix is symmetric and positive definite, such as those of Newton's method. */
public final class PositiveDefinite {
  private PositiveDefinite() {}

  /**
   * Solves a system by Cholesky's factors.
   *
   * @param matrix {@code [n][n]}; its lower half is read
   * @param right {@code [n]}
   * @param least squares of the factor's diagonal are lifted to this, so that a matrix that is nearly singular is solved
   *     as one that is a little off
   * @return {@code [n]}
   */
  public static double[] solve(double[][] matrix, double[] right, double least) {
    int n = right.length;
    var upper = new double[n * n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j <= i; j++) {
        upper[j * n + i] = matrix[i][j];
      }
    }
    factor(upper, n, least);
    var solution = right.clone();
    for (int i = 0; i < n; i++) {
      for (int k = 0; k < i; k++) {
        solution[i] -= upper[k * n + i] * solution[k];
      }
      solution[i] /= upper[i * n + i];
    }
    for (int i = n - 1; i >= 0; i--) {
      for (int k = i + 1; k < n; k++) {
        solution[i] -= upper[i * n + k] * solution[k];
      }
      solution[i] /= upper[i * n + i];
    }
    return solution;
  }

  /**
   * Replaces the upper half of a matrix by its Cholesky factor, of which the matrix is the product with itself.
   *
   * @param matrix {@code [width, width]}; its lower half is neither read nor written
   * @param least squares of the factor's diagonal are lifted to this
   */
  public static void factor(double[] matrix, int width, double least) {
    for (int i = 0; i < width; i++) {
      double root = Math.sqrt(Math.max(matrix[i * width + i], least));
      matrix[i * width + i] = root;
      for (int j = i + 1; j < width; j++) {
        matrix[i * width + j] /= root;
      }
      for (int k = i + 1; k < width; k++) {
        double factor = matrix[i * width + k];
        for (int j = k; j < width; j++) {
          matrix[k * width + j] -= factor * matrix[i * width + j];
        }
      }
    }
  }
}
