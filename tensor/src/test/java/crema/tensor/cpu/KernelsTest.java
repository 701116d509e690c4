package crema.tensor.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import crema.base.Rng;
import crema.tensor.Activation;
import crema.tensor.AdamWStep;
import crema.tensor.BinaryOperator;
import crema.tensor.cpu.gemm.MicroKernel;
import crema.tensor.cpu.simd.Simd;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The vector kernels give the bits of the scalar ones, for all lengths of a rest and at any offset. */
class KernelsTest {
  /** More than two of the widest vectors, and every rest. */
  private static final int LONGEST = 67;
  private static final int OFFSET = 3;

  @BeforeAll
  static void needsVectors() {
    assumeTrue(Simd.isVector(), "the scalar kernels were asked for");
  }

  /** Ordinary numbers, and now and then an extreme one. */
  private static float[] numbers(int seed) {
    var random = new Random(seed);
    var x = new float[LONGEST + 2 * OFFSET];
    float[] extremes = {0, -0f, 1e-40f, 1e38f, -1e38f, 88.72f, -87.34f, 1e-20f, 100, -100};
    for (int i = 0; i < x.length; i++) {
      x[i] = random.nextInt(8) == 0 ? extremes[random.nextInt(extremes.length)] : (float) random.nextGaussian() * 2;
    }
    return x;
  }

  private static float[] tame(int seed) {
    return random(seed, LONGEST + 2 * OFFSET);
  }

  @FunctionalInterface
  private interface Kernel<K> {
    void run(K kernels, int n, float[] target);
  }

  private static <K> void sameBits(K vector, K scalar, Kernel<K> kernel) {
    for (int n = 0; n <= LONGEST; n++) {
      float[] expected = numbers(99);
      float[] actual = expected.clone();
      kernel.run(scalar, n, expected);
      kernel.run(vector, n, actual);
      // Equality of floats in arrays is that of their bits; NaNs are all the same.
      assertThat(actual).as("%d elements", n).isEqualTo(expected);
    }
  }

  private static void sameActivations(Kernel<ActivationKernels> kernel) {
    sameBits(new VectorActivationKernels(), new ScalarActivationKernels(), kernel);
  }

  private static void sameArithmetic(Kernel<ArithmeticKernels> kernel) {
    sameBits(new VectorArithmeticKernels(), new ScalarArithmeticKernels(), kernel);
  }

  private static void sameReductions(Kernel<ReductionKernels> kernel) {
    sameBits(new VectorReductionKernels(), new ScalarReductionKernels(), kernel);
  }

  @ParameterizedTest
  @EnumSource
  void activations(Activation f) {
    for (int seed = 0; seed < 20; seed++) {
      float[] x = numbers(seed);
      sameActivations((kernels, n, y) -> kernels.activate(f, x, OFFSET, y, 1, n));
      sameActivations((kernels, n, y) -> kernels.slope(f, x, OFFSET, y, 1, n));
    }
  }

  @Test
  void exponentials() {
    float[] x = numbers(1);
    sameActivations((kernels, n, y) -> kernels.exponential(0.5f, x, 1, 0.3f, y, 2, n));
  }

  @Test
  void swiglu() {
    float[] gate = numbers(1);
    float[] up = numbers(2);
    float[] dy = tame(3);
    sameActivations((kernels, n, y) -> kernels.swiglu(gate, OFFSET, up, 0, y, 1, n));
    sameActivations((kernels, n, dx) -> kernels.swigluBackward(gate, OFFSET, up, 0, dy, 1, dx, 0, new float[99], 0, n));
    sameActivations((kernels, n, dx) -> kernels.swigluBackward(gate, OFFSET, up, 0, dy, 1, new float[99], 0, dx, 0, n));
  }

  @ParameterizedTest
  @EnumSource
  void binary(BinaryOperator operator) {
    float[] a = numbers(1);
    float[] b = numbers(2);
    sameArithmetic((kernels, n, y) -> kernels.binary(operator, a, 1, b, 2, y, OFFSET, n));
  }

  @Test
  void sumsAndProducts() {
    float[] a = numbers(1);
    float[] b = numbers(2);
    sameArithmetic((kernels, n, y) -> kernels.scale(0.3f, a, 1, y, 2, n));
    sameArithmetic((kernels, n, y) -> kernels.addScaled(0.3f, a, 1, y, 2, n));
    sameArithmetic((kernels, n, y) -> kernels.scaledProduct(0.3f, a, 1, b, 2, y, 0, n));
    sameArithmetic((kernels, n, y) -> kernels.addScaledProduct(0.3f, a, 1, b, 2, y, 0, y, 0, n));
    sameArithmetic((kernels, n, y) -> kernels.maximum(a, 1, y, 2, n));
    sameArithmetic((kernels, n, y) -> kernels.subtract(0.3f, 0.2f, a, 1, y, 2, n));
    sameArithmetic((kernels, n, y) -> kernels.scaleAndSubtract(0.3f, a, 1, 0.7f, null, 0, y, 2, n));
    sameArithmetic((kernels, n, y) -> kernels.scaleAndSubtract(0.3f, a, 1, 0.7f, b, 3, y, 2, n));
  }

  @Test
  void gradientsOfSoftmax() {
    float[] y = tame(1);
    float[] dy = tame(2);
    sameArithmetic((kernels, n, dx) -> kernels.softmaxBackward(0.5f, y, 1, dy, 2, 0.3f, dx, 3, n));
    sameArithmetic((kernels, n, dx) -> kernels.logSoftmaxBackward(y, 1, dy, 2, 0.3f, dx, 3, n));
  }

  @Test
  void normalization() {
    float[] x = tame(1);
    float[] weight = tame(2);
    float[] dy = tame(3);
    sameArithmetic((kernels, n, y) -> kernels.normalize(x, 1, 0.1f, 1.3f, weight, 2, null, 0, y, 3, n));
    sameArithmetic((kernels, n, y) -> kernels.normalize(x, 1, 0.1f, 1.3f, weight, 2, dy, 4, y, 3, n));
    sameArithmetic((kernels, n, y) -> kernels.addNormalizedProduct(x, 1, 0.1f, 1.3f, dy, 2, y, 3, n));
    for (boolean accumulate : new boolean[] {false, true}) {
      sameArithmetic((kernels, n, dx) -> kernels.normalizeBackward(x, 1, 0.1f, 1.3f, weight, 2, dy, 3, 0.2f, 0.4f,
          dx, 0,
          n, accumulate));
    }
  }

  @Test
  void rotationAndItsInverse() {
    float[] x = tame(1);
    float[] cosines = tame(2);
    float[] sines = tame(3);
    for (int turn : new int[] {-1, 1}) {
      sameArithmetic((kernels, n, y) -> kernels.rotate(x, 1, cosines, sines, 2, turn, n / 2, y, 3));
    }
  }

  @Test
  void adamW() {
    float[] gradient = tame(1);
    var factors = AdamWFactors.of(new AdamWStep(1e-3, 0.9, 0.999, 1e-8, 0.01, 3, 0.5));
    sameArithmetic((kernels, n, p) -> kernels.adamW(p, 1, gradient, 2, tame(2), 0, positive(3), 0, n, factors));
    sameArithmetic((kernels, n, m) -> kernels.adamW(tame(4), 1, gradient, 2, m, 0, positive(3), 0, n, factors));
    sameArithmetic((kernels, n, v) -> kernels.adamW(tame(4), 1, gradient, 2, tame(2), 0, v, 0, n, factors));
  }

  private static float[] positive(int seed) {
    float[] x = tame(seed);
    for (int i = 0; i < x.length; i++) {
      x[i] *= x[i];
    }
    return x;
  }

  @Test
  void reductions() {
    for (int seed = 0; seed < 10; seed++) {
      float[] x = tame(seed);
      float[] y = tame(seed + 100);
      float[] z = tame(seed + 200);
      sameReductions((kernels, n, result) -> result[0] = kernels.sum(x, 1, n));
      sameReductions((kernels, n, result) -> result[0] = kernels.dot(x, 1, y, 2, n));
      sameReductions((kernels, n, result) -> result[0] = kernels.shiftedDot(x, 1, 0.3f, y, 2, z, 3, n));
      sameReductions((kernels, n, result) -> result[0] = kernels.squaredDeviations(x, 1, 0.3f, n));
      sameReductions((kernels, n, result) -> result[0] = kernels.max(x, 1, n));
      sameReductions((kernels, n, result) -> split(kernels.wideSum(x, 1, n), result));
      sameReductions((kernels, n, result) -> split(kernels.wideSumOfSquares(x, 1, n), result));
    }
  }

  /** All bits of a double as two floats. */
  private static void split(double value, float[] result) {
    long bits = Double.doubleToLongBits(value);
    result[0] = (int) (bits >>> 40);
    result[1] = (int) (bits >>> 20) & 0xFFFFF;
    result[2] = (int) bits & 0xFFFFF;
  }

  @Test
  void aSumOfOnesIsTheirNumber() {
    var ones = new float[1000];
    Arrays.fill(ones, 1);
    for (int n : new int[] {0, 1, 15, 16, 17, 999}) {
      assertThat(Kernels.REDUCTION.sum(ones, 1, n)).isEqualTo(n);
      assertThat(Kernels.REDUCTION.dot(ones, 1, ones, 0, n)).isEqualTo(n);
      assertThat(Kernels.REDUCTION.wideSum(ones, 1, n)).isEqualTo(n);
    }
  }

  @Test
  void infinitiesAndNaNsAreFoundAnywhere() {
    for (int n = 1; n <= LONGEST; n++) {
      float[] x = tame(1);
      x[0] = Float.NaN;
      x[n + 1] = Float.NaN;
      assertThat(Kernels.REDUCTION.isFinite(x, 1, n)).isTrue();
      x[n] = Float.NEGATIVE_INFINITY;
      assertThat(Kernels.REDUCTION.isFinite(x, 1, n)).isFalse();
      x[n] = Float.NaN;
      assertThat(Kernels.REDUCTION.isFinite(x, 1, n)).isFalse();
    }
  }

  @Test
  void randomWordsAreThoseOfTheStream() {
    var stream = new Rng(0x0123456789ABCDEFL, 0xFEDCBA9876L).stream(77);
    for (int blocks = 0; blocks < 20; blocks++) {
      long first = 0xFFFFFFFFL - 25;
      var words = new int[4 * blocks + 2];
      Kernels.RANDOM.draw(stream, first, blocks, words, 1);
      for (int i = 0; i < 4 * blocks; i++) {
        assertThat(words[1 + i]).isEqualTo(stream.bits(4 * first + i));
      }
      assertThat(words[0]).isZero();
      assertThat(words[4 * blocks + 1]).isZero();
    }
  }

  @Test
  void elementsAreDroppedByTheirUniformNumbers() {
    var stream = new Rng(1, 2).stream(3);
    float[] x = tame(1);
    var words = new int[128];
    Kernels.RANDOM.draw(stream, 0, 32, words, 0);
    for (float p : new float[] {0, 0.1f, 0.5f, 0.999f}) {
      var y = new float[x.length];
      Kernels.RANDOM.drop(words, 0, RandomKernels.threshold(p), 2, x, 0, y, 0, LONGEST);
      for (int i = 0; i < LONGEST; i++) {
        assertThat(y[i]).isEqualTo(stream.uniform(i) >= p ? 2 * x[i] : 0);
      }
    }
  }

  @Test
  void productsOfTiles() {
    var vector = new VectorTileKernels();
    var scalar = new ScalarTileKernels();
    float[] a = random(1, 4000);
    float[] b = random(2, 4000);
    for (int rows = 1; rows <= 19; rows++) {
      for (int columns : new int[] {16, 32, 48}) {
        for (int depth : new int[] {1, 5, 33}) {
          float[] expected = random(3, 2000);
          float[] actual = expected.clone();
          scalar.multiplyAdd(rows, columns, depth, a, 1, 40, 1, b, 2, depth * TileKernels.PANEL, expected, 3, 50);
          vector.multiplyAdd(rows, columns, depth, a, 1, 40, 1, b, 2, depth * TileKernels.PANEL, actual, 3, 50);
          assertThat(actual).isEqualTo(expected);
          scalar.multiplyAdd(rows, columns, depth, a, 1, 1, 40, b, 2, depth * TileKernels.PANEL, expected, 3, 50);
          vector.multiplyAdd(rows, columns, depth, a, 1, 1, 40, b, 2, depth * TileKernels.PANEL, actual, 3, 50);
          assertThat(actual).isEqualTo(expected);
        }
      }
    }
  }

  @Test
  void panelsHoldTheMatrixOrItsTranspose() {
    int stride = 45;
    float[] x = random(1, 4000);
    var transposer = MicroKernel.of(Simd.width());
    for (int rows : new int[] {1, 7, 16, 17, 40}) {
      for (int columns : new int[] {1, 8, 20, 43}) {
        var panels = new float[5000];
        TileKernels.pack(x, 2, stride, rows, columns, panels, 3);
        var transposed = new float[5000];
        TileKernels.packTransposed(transposer, x, 2, stride, rows, columns, transposed, 3);
        for (int i = 0; i < rows; i++) {
          for (int j = 0; j < columns; j++) {
            float element = x[2 + i * stride + j];
            assertThat(panels[3 + j / 16 * 16 * rows + i * 16 + j % 16]).isEqualTo(element);
            assertThat(transposed[3 + i / 16 * 16 * columns + j * 16 + i % 16]).isEqualTo(element);
          }
        }
      }
    }
  }

  private static float[] random(int seed, int n) {
    var random = new Random(seed);
    var x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = (float) random.nextGaussian();
    }
    return x;
  }
}
