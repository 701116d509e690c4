package crema.linear;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import org.junit.jupiter.api.Test;

class PositiveDefiniteTest {
  @Test
  void theSolutionTimesTheMatrixIsTheRightSide() {
    double[][] matrix = {{4, 2, -2}, {2, 10, 2}, {-2, 2, 6}};
    double[] right = {8, -3, 5};
    double[] solution = PositiveDefinite.solve(matrix, right, 1e-12);
    for (int i = 0; i < right.length; i++) {
      double sum = 0;
      for (int j = 0; j < right.length; j++) {
        sum += matrix[i][j] * solution[j];
      }
      assertThat(sum).isEqualTo(right[i], offset(1e-12));
    }
  }

  @Test
  void aSingularMatrixIsSolvedAsOneThatIsALittleOff() {
    double[] solution = PositiveDefinite.solve(new double[][] {{1, 1}, {1, 1}}, new double[] {2, 2}, 1e-12);
    assertThat(solution[0] + solution[1]).isEqualTo(2, offset(1e-5));
  }
}
