package crema.tensor.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The kernels of this JVM's width against the scalar ones, bit by bit. */
class RowKernelsTest {
  private static final int SHIFT = 3;
  private static final int ROWS = 21;

  private final RowKernels scalar = new ScalarRowKernels();
  private final RowKernels best = RowKernels.best();
  private final Random random = new Random(1);

  private float[] randoms(int n) {
    var x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = (float) random.nextGaussian();
    }
    return x;
  }

  private float[][] table(int dim) {
    return new float[][] {randoms(8 * dim), randoms(8 * dim), randoms(5 * dim)};
  }

  private static float[][] copy(float[][] table) {
    return new float[][] {table[0].clone(), table[1].clone(), table[2].clone()};
  }

  private int[] rows(int n) {
    return random.ints(n, 0, ROWS).toArray();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 4, 7, 8, 15, 16, 17, 31, 32, 33, 63, 64, 65, 100, 127, 128, 129, 300})
  void everyWidthComputesTheSameBits(int dim) {
    float[][] table = table(dim);
    int[] rows = rows(50);
    var sum = new float[dim + 2];
    var expectedSum = sum.clone();
    best.sumRows(table, SHIFT, dim, rows, 3, 50, sum, 1);
    scalar.sumRows(table, SHIFT, dim, rows, 3, 50, expectedSum, 1);
    assertThat(sum).isEqualTo(expectedSum);

    float[] x = randoms(dim + 1);
    float[][] expectedTable = copy(table);
    best.addToRows(table, SHIFT, dim, rows, 3, 50, x, 1);
    scalar.addToRows(expectedTable, SHIFT, dim, rows, 3, 50, x, 1);
    assertThat(table).isDeepEqualTo(expectedTable);

    assertThat(best.dot(x, 1, table[1], dim, dim)).isEqualTo(scalar.dot(x, 1, table[1], dim, dim));
    var dots = new float[7];
    var expectedDots = new float[7];
    best.dotRows(table[0], 1, 6, dim, x, 1, dots, 1);
    scalar.dotRows(table[0], 1, 6, dim, x, 1, expectedDots, 1);
    assertThat(dots).isEqualTo(expectedDots);

    best.addScaled(0.3f, x, 1, table[0], dim, dim);
    scalar.addScaled(0.3f, x, 1, expectedTable[0], dim, dim);
    best.scale(0.7f, table[1], dim, dim);
    scalar.scale(0.7f, expectedTable[1], dim, dim);
    assertThat(table).isDeepEqualTo(expectedTable);

    float[] weights = {0.5f, 0f, -2f, 3f, 1e-3f, 7f};
    var weighted = randoms(dim);
    var expectedWeighted = weighted.clone();
    best.addWeightedRows(weights, 1, table[2], 0, 5, dim, weighted);
    scalar.addWeightedRows(weights, 1, table[2], 0, 5, dim, expectedWeighted);
    assertThat(weighted).isEqualTo(expectedWeighted);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5, 16, 23, 100, 1000})
  void softmaxIsTheSameAtEveryWidthAndAccurate(int n) {
    float[] x = randoms(n + 1);
    for (int i = 0; i < x.length; i++) {
      x[i] *= 10;
    }
    double sum = 0;
    for (int i = 1; i <= n; i++) {
      sum += Math.exp(x[i]);
    }
    var exact = new double[n];
    for (int i = 0; i < n; i++) {
      exact[i] = Math.exp(x[i + 1]) / sum;
    }
    float[] expected = x.clone();
    best.softmax(x, 1, n);
    scalar.softmax(expected, 1, n);
    assertThat(x).isEqualTo(expected);
    for (int i = 0; i < n; i++) {
      assertThat((double) x[i + 1]).isCloseTo(exact[i], within(5e-6 * exact[i]));
    }
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY})
  void softmaxOfAScoreThatIsNoNumberIsNaN(float bad) {
    float[] x = randoms(40);
    x[17] = bad;
    best.softmax(x, 0, 40);
    for (float p : x) {
      assertThat(p).isNaN();
    }
  }
}
