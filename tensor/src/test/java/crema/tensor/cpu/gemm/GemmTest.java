package crema.tensor.cpu.gemm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crema.base.WorkerPool;
import crema.tensor.Orientation;
import crema.tensor.cpu.simd.Simd;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GemmTest {
  /** Small blocks, so that small products have many of them and edges at every level. */
  private static final Blocking SMALL = new Blocking(16, 64, 13, 26, 1_000);

  /** Ones, primes, one less and one more than vectors and panels, and depths around the edges of blocks. */
  private static final int[][] SHAPES = {
      {1, 1, 1}, {1, 6, 384}, {2, 17, 3}, {3, 31, 15}, {5, 33, 16}, {7, 10, 17}, {11, 64, 47}, {12, 32, 48},
      {13, 65, 49},
      {16, 16, 96}, {23, 7, 97}, {25, 129, 31}, {4, 200, 33}, {97, 1, 64}, {101, 3, 5}, {64, 96, 160}, {130, 67, 145},
      {31, 257, 769}, {200, 40, 385}, {7, 33, 2_050}, {40, 70, 3_100},
  };

  private static final List<Product> PRODUCTS = products();

  @ParameterizedTest
  @EnumSource
  void everyElementIsAChainOfFusedMultiplyAddsAtEveryWidth(Simd.Width width) {
    try (var pool = new WorkerPool(2)) {
      for (var blocking : List.of(Blocking.DEFAULT, SMALL)) {
        var gemm = new Gemm(pool, MicroKernel.of(width), blocking);
        for (var product : PRODUCTS) {
          assertSameBits(product.on(gemm), product.expected(), product + ", " + blocking);
        }
      }
    }
  }

  @Test
  void anyNumberOfThreadsGivesTheSameBits() {
    for (var product : List.of(
        new Product(Orientation.NT, 517, 390, 300, 3, true), new Product(Orientation.NN, 90, 700, 120, 0, false),
        new Product(Orientation.TN, 100, 90, 5_000, 1, true))) {
      float[] expected = product.expected();
      for (int threads : new int[] {1, 2, 7}) {
        try (var pool = new WorkerPool(threads)) {
          assertSameBits(product.on(new Gemm(pool)), expected, product + ", " + threads + " threads");
        }
      }
    }
  }

  @Test
  void onlyALongSumForASmallWeightGradientIsCutIntoParts() {
    assertThat(Gemm.parts(Orientation.NN, 384, 384, 1 << 20)).isEqualTo(1);
    assertThat(Gemm.parts(Orientation.NT, 384, 384, 1 << 20)).isEqualTo(1);
    assertThat(Gemm.parts(Orientation.TN, 384, 384, 1_023)).isEqualTo(1);
    assertThat(Gemm.parts(Orientation.TN, 384, 384, 2_048)).isEqualTo(4);
    assertThat(Gemm.parts(Orientation.TN, 384, 384, 1 << 20)).isEqualTo(8);
    assertThat(Gemm.parts(Orientation.TN, 32_000, 384, 4_096)).isEqualTo(1);
  }

  @Test
  void theChainIsCloseToTheProductInDoublePrecision() {
    var product = new Product(Orientation.NN, 40, 50, 1000, 0, false);
    float[] expected = product.expected();
    for (int i = 0; i < product.m; i++) {
      for (int j = 0; j < product.n; j++) {
        double sum = 0;
        for (int l = 0; l < product.k; l++) {
          sum += (double) product.a[product.indexOfA(i, l)] * product.b[product.indexOfB(l, j)];
        }
        assertThat((double) expected[product.indexOfC(i, j)]).isCloseTo(sum, within(1e-4));
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aPackedMatrixGivesTheBitsOfTheUnpackedOneForAnyRows(Simd.Width width) {
    try (var pool = new WorkerPool(2)) {
      for (var blocking : List.of(Blocking.DEFAULT, SMALL)) {
        var gemm = new Gemm(pool, MicroKernel.of(width), blocking);
        for (int[] nk : new int[][] {{1, 1}, {6, 384}, {100, 385}, {33, 47}, {384, 130}}) {
          for (int m : new int[] {1, 2, 3, 4, 7, 16, 37, 64}) {
            var product = new Product(Orientation.NT, m, nk[0], nk[1], 2, false);
            float[] bias = random(product.n, 5);
            float[] unpacked = product.c.clone();
            gemm.linear(m, product.n, product.k, product.a, 1, product.lda, product.b, 2, product.ldb, bias, 0, null,
                unpacked, 3, product.ldc);
            float[] packed = product.c.clone();
            var weight = gemm.pack(true, product.n, product.k, product.b, 2, product.ldb);
            gemm.linear(m, product.a, 1, product.lda, weight, bias, 0, null, packed, 3, product.ldc);
            assertSameBits(packed, unpacked, product + ", " + blocking);
          }
        }
      }
    }
  }

  @Test
  void aPackedRightHandSideNeedNotBeTransposed() {
    try (var pool = new WorkerPool(2)) {
      var gemm = new Gemm(pool);
      var product = new Product(Orientation.NN, 9, 70, 500, 2, false);
      float[] packed = product.c.clone();
      gemm.linear(9, product.a, 1, product.lda, gemm.pack(false, 70, 500, product.b, 2, product.ldb), null, 0, null,
          packed, 3, product.ldc);
      assertSameBits(packed, product.expected(), "packed " + product);
    }
  }

  @Test
  void aLinearLayersSumsStartAtTheBias() {
    try (var pool = new WorkerPool(2)) {
      for (int m : new int[] {1, 30, 300}) {
        var product = new Product(Orientation.NT, m, 45, 61, 1, true);
        float[] bias = random(product.n + 4, 9);
        for (int i = 0; i < m; i++) {
          System.arraycopy(bias, 4, product.c, product.indexOfC(i, 0), product.n);
        }
        float[] actual = new float[product.c.length];
        new Gemm(pool).linear(m, product.n, product.k, product.a, 1, product.lda, product.b, 2, product.ldb, bias, 4,
            null, actual, 3, product.ldc);
        float[] expected = product.expected();
        for (int i = 0; i < m; i++) {
          int row = product.indexOfC(i, 0);
          assertThat(Arrays.mismatch(actual, row, row + product.n, expected, row, row + product.n)).isEqualTo(-1);
        }
      }
    }
  }

  @Test
  void theEpilogueSeesEveryFinishedElementOnce() {
    Epilogue negatePlusPosition = (c, offset, stride, row, column, rows, columns) -> {
      for (int i = 0; i < rows; i++) {
        for (int j = 0; j < columns; j++) {
          int at = offset + i * stride + j;
          c[at] = -c[at] + ((row + i) * 1000 + column + j);
        }
      }
    };
    try (var pool = new WorkerPool(3)) {
      for (var blocking : List.of(Blocking.DEFAULT, SMALL)) {
        var gemm = new Gemm(pool, MicroKernel.of(Simd.width()), blocking);
        for (int[] shape : new int[][] {{40, 90, 100}, {90, 40, 100}, {1, 500, 700}, {5, 4, 0}, {250, 130, 64}}) {
          var product = new Product(Orientation.NT, shape[0], shape[1], shape[2], 0, false);
          float[] actual = product.c.clone();
          gemm.linear(product.m, product.n, product.k, product.a, 1, product.lda, product.b, 2, product.ldb, null, 0,
              negatePlusPosition, actual, 3, product.ldc);
          float[] packed = product.c.clone();
          var weight = gemm.pack(true, product.n, product.k, product.b, 2, product.ldb);
          gemm.linear(product.m, product.a, 1, product.lda, weight, null, 0, negatePlusPosition,
              packed, 3, product.ldc);
          float[] expected = product.expected();
          for (int i = 0; i < product.m; i++) {
            for (int j = 0; j < product.n; j++) {
              int at = product.indexOfC(i, j);
              expected[at] = -expected[at] + (i * 1000 + j);
            }
          }
          assertSameBits(actual, expected, product + ", " + blocking);
          assertSameBits(packed, expected, "packed " + product + ", " + blocking);
        }
      }
    }
  }

  @Test
  void emptySizesAreProducts() {
    try (var pool = new WorkerPool(2)) {
      var gemm = new Gemm(pool);
      float[] c = {1, 2, 3, 4};
      gemm.multiply(Orientation.NN, 0, 2, 3, new float[0], 0, 3, new float[6], 0, 2, c, 0, 2, false);
      gemm.multiply(Orientation.NN, 2, 0, 3, new float[6], 0, 3, new float[0], 0, 2, c, 0, 2, false);
      gemm.multiply(Orientation.NN, 2, 2, 0, new float[0], 0, 0, new float[0], 0, 2, c, 0, 2, true);
      assertThat(c).containsExactly(1, 2, 3, 4);
      gemm.multiply(Orientation.NN, 2, 2, 0, new float[0], 0, 0, new float[0], 0, 2, c, 0, 2, false);
      assertThat(c).containsOnly(0);
    }
  }

  @Test
  void productsInsideTasksOfThePoolAreRight() {
    try (var pool = new WorkerPool(2)) {
      var gemm = new Gemm(pool);
      var product = new Product(Orientation.NN, 30, 40, 50, 0, false);
      float[][] results = new float[20][];
      pool.run(results.length, (task, worker) -> results[task] = product.on(gemm));
      for (float[] result : results) {
        assertSameBits(result, product.expected(), product.toString());
      }
    }
  }

  @Test
  void productsOfSeveralCallersAreRight() throws InterruptedException {
    try (var pool = new WorkerPool(2)) {
      var gemm = new Gemm(pool);
      var product = new Product(Orientation.TN, 300, 40, 50, 0, false);
      float[][] results = new float[8][];
      var callers = new ArrayList<Thread>();
      for (int i = 0; i < results.length; i++) {
        int index = i;
        callers.add(Thread.ofPlatform().start(() -> results[index] = product.on(gemm)));
      }
      for (var caller : callers) {
        caller.join();
      }
      for (float[] result : results) {
        assertSameBits(result, product.expected(), product.toString());
      }
    }
  }

  @Test
  void operandsThatDoNotFitAreNamed() {
    try (var pool = new WorkerPool(1)) {
      var gemm = new Gemm(pool);
      float[] six = new float[6];
      assertThatThrownBy(() -> gemm.multiply(Orientation.NN, 2, 2, 3, six, 1, 3, six, 0, 2, new float[4], 0, 2, false))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("A, 2 x 3 with row stride 3, takes floats 1 to 7 of an array of 6");
      assertThatThrownBy(() -> gemm.multiply(Orientation.NT, 2, 2, 3, six, 0, 3, six, 0, 2, new float[4], 0, 2, false))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("B has rows of 3 floats, but a row stride of 2");
      assertThatThrownBy(() -> gemm.multiply(Orientation.TN, 2, 2, 3, six, 0, 2, six, 0, 2, six, 0, 1 << 30, false))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("C, 2 x 2");
      assertThatThrownBy(() -> gemm.multiply(Orientation.NN, -1, 2, 3, six, 0, 3, six, 0, 2, six, 0, 2, false))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("A has a negative size: -1 x 3");
      assertThatThrownBy(
          () -> gemm.linear(2, 2, 3, six, 0, 3, six, 0, 3, new float[1], 0, null, new float[4], 0, 2))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("the bias");
      assertThatThrownBy(() -> gemm.pack(true, 1 << 16, 1 << 16, six, 0, 1 << 16))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("B, 65536 x 65536");
    }
  }

  private static void assertSameBits(float[] actual, float[] expected, String product) {
    assertThat(Arrays.mismatch(actual, expected)).as("first element that differs in %s", product).isEqualTo(-1);
  }

  private static List<Product> products() {
    var products = new ArrayList<Product>();
    for (int[] shape : SHAPES) {
      for (var orientation : Orientation.values()) {
        products.add(new Product(orientation, shape[0], shape[1], shape[2], 0, false));
        products.add(new Product(orientation, shape[1], shape[0], shape[2], 3, true));
      }
    }
    return products;
  }

  private static Offset<Double> within(double tolerance) {
    return Offset.offset(tolerance);
  }

  private static float[] random(int length, long seed) {
    var random = new Random(seed);
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = random.nextFloat() - 0.5f;
    }
    return values;
  }

  /** Operands of a product, at offsets and with row strides that are longer than the rows by {@code gap}. */
  private static final class Product {
    final Orientation orientation;
    final int m;
    final int n;
    final int k;
    final int lda;
    final int ldb;
    final int ldc;
    final boolean accumulate;
    final float[] a;
    final float[] b;
    final float[] c;
    private float[] expected;

    Product(Orientation orientation, int m, int n, int k, int gap, boolean accumulate) {
      this.orientation = orientation;
      this.m = m;
      this.n = n;
      this.k = k;
      this.accumulate = accumulate;
      lda = (orientation == Orientation.TN ? m : k) + gap;
      ldb = (orientation == Orientation.NT ? k : n) + gap;
      ldc = n + gap;
      a = random(1 + Math.max(m, k) * Math.max(lda, 1), 1);
      b = random(2 + Math.max(n, k) * Math.max(ldb, 1), 2);
      c = random(3 + m * ldc, 3);
    }

    float[] on(Gemm gemm) {
      float[] result = c.clone();
      gemm.multiply(orientation, m, n, k, a, 1, lda, b, 2, ldb, result, 3, ldc, accumulate);
      return result;
    }

    /** The bits that every way of computing the product must give. */
    float[] expected() {
      if (expected == null) {
        expected = inOrder();
      }
      return expected.clone();
    }

    private float[] inOrder() {
      float[] result = c.clone();
      for (int i = 0; i < m; i++) {
        for (int j = 0; j < n; j++) {
          int parts = Gemm.parts(orientation, m, n, k);
          int partDepth = Math.ceilDiv(k, parts);
          float sum = chain(i, j, 0, Math.min(k, partDepth), accumulate ? c[indexOfC(i, j)] : 0);
          for (int part = 1; part < parts; part++) {
            sum += chain(i, j, part * partDepth, Math.min(k, (part + 1) * partDepth), 0);
          }
          result[indexOfC(i, j)] = sum;
        }
      }
      return result;
    }

    private float chain(int i, int j, int first, int end, float start) {
      float sum = start;
      for (int l = first; l < end; l++) {
        sum = Math.fma(a[indexOfA(i, l)], b[indexOfB(l, j)], sum);
      }
      return sum;
    }

    int indexOfA(int i, int l) {
      return 1 + (orientation == Orientation.TN ? l * lda + i : i * lda + l);
    }

    int indexOfB(int l, int j) {
      return 2 + (orientation == Orientation.NT ? j * ldb + l : l * ldb + j);
    }

    int indexOfC(int i, int j) {
      return 3 + i * ldc + j;
    }

    @Override
    public String toString() {
      return orientation + " " + m + " x " + n + " x " + k + (accumulate ? ", accumulate" : "");
    }
  }
}
