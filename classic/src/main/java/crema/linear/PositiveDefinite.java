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
    var lower = new double[n][n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j <= i; j++) {
        double sum = matrix[i][j];
        for (int k = 0; k < j; k++) {
          sum -= lower[i][k] * lower[j][k];
        }
        lower[i][j] = i == j ? Math.sqrt(Math.max(sum, least)) : sum / lower[j][j];
      }
    }
    var solution = right.clone();
    for (int i = 0; i < n; i++) {
      for (int k = 0; k < i; k++) {
        solution[i] -= lower[i][k] * solution[k];
      }
      solution[i] /= lower[i][i];
    }
    for (int i = n - 1; i >= 0; i--) {
      for (int k = i + 1; k < n; k++) {
        solution[i] -= lower[k][i] * solution[k];
      }
      solution[i] /= lower[i][i];
    }
    return solution;
  }
}
