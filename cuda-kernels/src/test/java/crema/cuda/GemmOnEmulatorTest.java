package crema.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import crema.ptx.Capability;
import crema.ptx.Counters;
import crema.ptx.Schedule;
import crema.tensor.Activation;
import crema.tensor.Backend;
import crema.tensor.DType;
import crema.tensor.Device;
import crema.tensor.Orientation;
import crema.tensor.Precision;
import crema.tensor.Scope;
import crema.tensor.Tensor;
import crema.tensor.Write;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Matrix products of BF16 and F32 operands on every code path. Operands are small multiples of 1/8, so that all sums are
 * exact in F32, whatever their order: outputs are what F64 gives, rounded once.
 */
class GemmOnEmulatorTest {
  static final List<Capability> CAPABILITIES = List.of(Capability.SM_75, Capability.SM_80, Capability.SM_90);

  /** m, n and k: less than a tile, odd, whole tiles, some beyond, few rows; and a long k, which is cut into parts. */
  private static final int[][] SIZES =
      {{1, 1, 1}, {7, 9, 11}, {64, 64, 64}, {65, 72, 40}, {130, 136, 72}, {128, 256, 128},
          {200, 33, 100}, {3, 200, 264}, {72, 80, 1100}};

  private static final int SECTOR_BYTES = 32;

  private record Types(DType a, DType b, DType c) {}

  /** For each of which there is a kernel of its own. */
  private static final List<Types> TYPES =
      List.of(new Types(DType.BF16, DType.BF16, DType.BF16), new Types(DType.BF16, DType.BF16, DType.F32),
          new Types(DType.F32, DType.F32, DType.F32));
  /** Of which some are converted first, and then multiplied by those kernels. */
  private static final List<Types> MIXED_TYPES = List.of(new Types(DType.BF16, DType.F32, DType.BF16),
      new Types(DType.F32, DType.BF16, DType.F32), new Types(DType.F32, DType.F32, DType.BF16));

  static List<Arguments> products() {
    var cases = new ArrayList<Arguments>();
    for (Capability capability : CAPABILITIES) {
      for (int[] size : SIZES) {
        cases.add(Arguments.of(capability, size[0], size[1], size[2]));
      }
    }
    return cases;
  }

  /** All types where m and n are less than a tile or odd beyond one; those with kernels of their own elsewhere. */
  private static List<Types> ofSize(int m, int n) {
    return m * n < 100 || m == 65 ? Stream.concat(TYPES.stream(), MIXED_TYPES.stream()).toList() : TYPES;
  }

  private static CudaBackend open(Capability capability, Schedule schedule) {
    return new CudaBackend(new Device("emulated", 0), new EmulatedDriver(capability, schedule), Precision.FP32);
  }

  private static float[] random(int seed, int count) {
    var random = new Random(seed);
    var values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (random.nextInt(31) - 15) / 8f;
    }
    return values;
  }

  /** A tensor that begins so many elements into its storage. */
  private static Tensor matrix(Scope scope, DType type, int skip, int rows, int columns) {
    Tensor storage = scope.zeros(type, (long) skip + (long) rows * columns);
    return scope.adopt(scope.adopt(storage.rows(skip, storage.elements())).reshape(rows, columns));
  }

  private static float rounded(double value, DType type) {
    float single = (float) value;
    if (type != DType.BF16) {
      return single;
    }
    int bits = Float.floatToRawIntBits(single);
    // To the nearest of those whose lower half is zero, ties to even.
    return Float.intBitsToFloat((bits + 0x7fff + (bits >>> 16 & 1)) & 0xffff0000);
  }

  /** A product of random operands, with what it must be. */
  private static final class Product {
    private final Orientation orientation;
    private final int m;
    private final int n;
    private final int k;
    private final float[] a;
    private final float[] b;
    private final float[] before;

    Product(Orientation orientation, int m, int n, int k) {
      this.orientation = orientation;
      this.m = m;
      this.n = n;
      this.k = k;
      a = random(1, m * k);
      b = random(2, k * n);
      before = random(3, m * n);
    }

    Tensor left(Scope scope, DType type, int skip) {
      boolean transposed = orientation.aIsTransposed();
      return matrix(scope, type, skip, transposed ? k : m, transposed ? m : k).set(a);
    }

    Tensor right(Scope scope, DType type, int skip) {
      boolean transposed = orientation.bIsTransposed();
      return matrix(scope, type, skip, transposed ? n : k, transposed ? k : n).set(b);
    }

    float[] on(CudaBackend cuda, Types types, Write write, int skip) {
      try (var scope = new Scope(cuda)) {
        Tensor c = matrix(scope, types.c, skip, m, n).set(before);
        cuda.ops().matMul().matmul(orientation, left(scope, types.a, skip), right(scope, types.b, skip), c, write);
        return c.toFloats();
      }
    }

    double[] sums(float @Nullable [] bias) {
      var sums = new double[m * n];
      for (int i = 0; i < m; i++) {
        for (int j = 0; j < n; j++) {
          double sum = bias == null ? 0 : bias[j];
          for (int l = 0; l < k; l++) {
            sum += (double) a[orientation.aIsTransposed() ? l * m + i : i * k + l]
                * b[orientation.bIsTransposed() ? j * k + l : l * n + j];
          }
          sums[i * n + j] = sum;
        }
      }
      return sums;
    }

    float[] expected(double[] sums, DType type, Write write) {
      var expected = new float[sums.length];
      for (int i = 0; i < sums.length; i++) {
        expected[i] = rounded(write == Write.ADD ? before[i] + sums[i] : sums[i], type);
      }
      return expected;
    }
  }

  @ParameterizedTest(name = "{0}, {1} x {2} x {3}")
  @MethodSource("products")
  void productsAreThoseOfDoublePrecisionRoundedOnce(Capability capability, int m, int n, int k) {
    try (CudaBackend cuda = open(capability, Schedule.IN_ORDER)) {
      for (Orientation orientation : Orientation.values()) {
        var product = new Product(orientation, m, n, k);
        double[] sums = product.sums(null);
        for (Types types : ofSize(m, n)) {
          for (Write write : Write.values()) {
            // Those that are added to begin where no vector does.
            assertThat(product.on(cuda, types, write, write == Write.ADD ? 1 : 0))
                .as(orientation + " of " + types + " " + write)
                .isEqualTo(product.expected(sums, types.c, write));
          }
        }
      }
      assertThat(cuda.liveBytes()).isZero();
    }
  }

  /** As many tiles as a large device needs, and rows that no vector fits. */
  @ParameterizedTest
  @EnumSource(Orientation.class)
  void largeProductsInSinglePrecisionAreExactToo(Orientation orientation) {
    var driver = new EmulatedDriver(Capability.SM_80);
    try (var cuda = new CudaBackend(new Device("emulated", 0), driver, Precision.FP32)) {
      for (int[] size : new int[][] {{1924, 900, 24}, {1923, 901, 13}}) {
        var product = new Product(orientation, size[0], size[1], size[2]);
        assertThat(product.on(cuda, TYPES.getLast(), Write.ADD, 0)).as(size[0] + " rows")
            .isEqualTo(product.expected(product.sums(null), DType.F32, Write.ADD));
      }
    }
    assertThat(driver.launches())
        .containsEntry("gemm_f32_" + orientation.name().toLowerCase(Locale.ROOT) + "_128", 2L);
  }

  @ParameterizedTest
  @FieldSource("CAPABILITIES")
  void biasesAndActivationsFollowTheProduct(Capability capability) {
    var product = new Product(Orientation.NT, 70, 90, 48);
    float[] bias = random(4, 90);
    double[] sums = product.sums(bias);
    try (Backend reference = Backend.open(Device.REFERENCE); CudaBackend cuda = open(capability, Schedule.IN_ORDER)) {
      for (DType type : new DType[] {DType.F32, DType.BF16}) {
        float[] products = product.expected(sums, type, Write.SET);
        for (Activation activation : List.of(Activation.IDENTITY, Activation.RELU, Activation.GELU, Activation.SILU)) {
          try (var scope = new Scope(cuda); var exact = new Scope(reference)) {
            Tensor x = product.left(scope, type, 0);
            Tensor weight = product.right(scope, DType.F32, 0);
            Tensor shift = scope.empty(DType.F32, 90).set(bias);
            Tensor preactivation = scope.empty(type, 70, 90);
            Tensor y = scope.empty(type, 70, 90);
            Tensor alone = scope.empty(type, 70, 90);
            cuda.ops().matMul().linear(x, weight, shift, activation, y, preactivation);
            cuda.ops().matMul().linear(x, weight, shift, activation, alone, null);
            Tensor before = exact.empty(DType.F64, 70, 90).set(products);
            Tensor after = exact.empty(DType.F64, 70, 90);
            reference.ops().pointwise().activate(activation, before, after);
            assertThat(preactivation.toFloats()).as(activation + " of " + type).isEqualTo(products);
            assertThat(alone.toFloats()).isEqualTo(y.toFloats());
            double[] actual = y.toDoubles();
            double[] expected = after.toDoubles();
            for (int i = 0; i < actual.length; i++) {
              // Half a unit in the last place of BF16, or what single precision loses in the activation.
              double most = (type == DType.BF16 ? 0x1.01p-8 : 1e-6) * Math.abs(expected[i]) + 1e-6;
              assertThat(Math.abs(actual[i] - expected[i])).as(activation + " of " + type + " at " + i)
                  .isLessThanOrEqualTo(most);
            }
          }
        }
      }
    }
  }

  /** Several products of one launch, and several terms of one product. */
  @ParameterizedTest
  @FieldSource("CAPABILITIES")
  void productsThatShareALaunchAreThoseOfLaunchesOfTheirOwn(Capability capability) {
    try (CudaBackend cuda = open(capability, Schedule.IN_ORDER); var scope = new Scope(cuda)) {
      int tokens = 150;
      int in = 72;
      int[] out = {136, 64, 24};
      var matMul = new CudaMatMul(cuda.context(), new CudaPointwise(cuda.context(), new CudaResidual(cuda.context())));
      Tensor x = scope.empty(DType.BF16, tokens, in).set(random(1, tokens * in));
      var forward = new ArrayList<GemmProblem>();
      var terms = new ArrayList<GemmProblem.Term>();
      var expected = new double[tokens * in];
      for (int i = 0; i < out.length; i++) {
        Tensor weight = scope.empty(DType.F32, out[i], in).set(random(2 + i, out[i] * in));
        Tensor y = scope.empty(DType.BF16, tokens, out[i]);
        forward.add(GemmProblem.of(x, weight, in, y, null, false));
        Tensor dy = scope.empty(DType.BF16, tokens, out[i]).set(random(12 + i, tokens * out[i]));
        terms.add(new GemmProblem.Term(dy, weight, out[i]));
        Tensor alone = scope.empty(DType.F32, tokens, in);
        cuda.ops().matMul().matmul(Orientation.NN, dy, weight, alone, Write.SET);
        double[] term = alone.toDoubles();
        for (int j = 0; j < term.length; j++) {
          expected[j] += term[j];
        }
      }
      matMul.run(Orientation.NT, forward);
      for (GemmProblem problem : forward) {
        Tensor alone = scope.emptyLike(problem.c());
        GemmProblem.Term term = problem.terms().getFirst();
        cuda.ops().matMul().matmul(Orientation.NT, term.a(), term.b(), alone, Write.SET);
        assertThat(problem.c().toFloats()).isEqualTo(alone.toFloats());
      }
      for (DType type : new DType[] {DType.F32, DType.BF16}) {
        Tensor dx = scope.empty(type, tokens, in);
        matMul.run(Orientation.NN, List.of(new GemmProblem(terms, dx, null, false)));
        float[] actual = dx.toFloats();
        for (int j = 0; j < actual.length; j++) {
          assertThat(actual[j]).as(type + " at " + j).isEqualTo(rounded(expected[j], type));
        }
      }
    }
  }

  /** More tiles than blocks, in every width and several parts of k, none of which divides the output. */
  @ParameterizedTest
  @EnumSource(Orientation.class)
  void everyTileOfHopperGivesTheSameProducts(Orientation orientation) {
    var product = new Product(orientation, WgmmaTile.ROWS + 72, 568, 136);
    double[] sums = product.sums(null);
    EmulatedDriver driver = new EmulatedDriver(Capability.SM_90, new Schedule(5)).withMultiprocessors(2);
    try (var cuda = new CudaBackend(new Device("emulated", 0), driver, Precision.FP32); var scope = new Scope(cuda)) {
      var tensorCores = new TensorCoreGemm(cuda.context());
      for (DType type : new DType[] {DType.BF16, DType.F32}) {
        for (Write write : type == DType.BF16 ? Write.values() : new Write[] {Write.ADD}) {
          float[] expected = product.expected(sums, type, write);
          for (WgmmaTile tile : WgmmaTile.values()) {
            for (int parts : tile == WgmmaTile.COLUMNS_192 ? new int[] {1, 2, 4, 8} : new int[] {1, 2}) {
              Tensor c = matrix(scope, type, 0, product.m, product.n).set(product.before);
              List<GemmProblem> problems = List.of(GemmProblem.of(product.left(scope, DType.BF16, 0),
                  product.right(scope, DType.BF16, 0), product.k, c, null, write == Write.ADD));
              assertThat(tensorCores.takesWgmma(orientation, problems)).isTrue();
              tensorCores.run(orientation, problems, new WgmmaTile.Cut(tile, parts));
              assertThat(c.toFloats()).as(tile + ", " + parts + " parts, " + type + " " + write).isEqualTo(expected);
            }
          }
        }
      }
    }
  }

  /** In both widths of tile, with rows and columns that do not fill the last. */
  @ParameterizedTest
  @CsvSource({"136, 200, 72, COLUMNS_128", "136, 328, 72, COLUMNS_256"})
  void gatedProductsAreThoseOfKernelsOfTheirOwn(int tokens, int out, int in, WgmmaTile tile) {
    var driver = new EmulatedDriver(Capability.SM_90, new Schedule(3));
    try (var cuda = new CudaBackend(new Device("emulated", 0), driver, Precision.BF16); var scope = new Scope(cuda)) {
      Tensor x = scope.empty(DType.BF16, tokens, in).set(random(1, tokens * in));
      Tensor gateWeight = scope.empty(DType.F32, out, in).set(random(2, out * in));
      Tensor upWeight = scope.empty(DType.F32, out, in).set(random(3, out * in));
      Tensor gate = scope.empty(DType.BF16, tokens, out);
      var up = scope.emptyLike(gate);
      var y = scope.emptyLike(gate);
      var tensorCores = new TensorCoreGemm(cuda.context());
      assertThat(tensorCores.takesGated(x, gateWeight, upWeight, gate, up, y)).isTrue();
      tensorCores.gated(x, gateWeight, upWeight, gate, up, y, tile);
      assertThat(driver.launches()).containsEntry("gemm_wgmma_gated_" + tile.columns(), 1L);
      Tensor[] alone = {scope.emptyLike(gate), scope.emptyLike(gate), scope.emptyLike(gate)};
      cuda.ops().matMul().linear(x, gateWeight, null, Activation.IDENTITY, alone[0], null);
      cuda.ops().matMul().linear(x, upWeight, null, Activation.IDENTITY, alone[1], null);
      cuda.ops().pointwise().swiglu(alone[0], alone[1], alone[2]);
      assertThat(gate.toFloats()).isEqualTo(alone[0].toFloats());
      assertThat(up.toFloats()).isEqualTo(alone[1].toFloats());
      assertThat(y.toFloats()).isEqualTo(alone[2].toFloats());
    }
  }

  @ParameterizedTest
  @FieldSource("CAPABILITIES")
  void theOrderOfWarpsDoesNotMatter(Capability capability) {
    var random = new Random(9);
    for (Orientation orientation : Orientation.values()) {
      var product = new Product(orientation, 72, 72, 520);
      for (int i = 0; i < product.a.length; i++) {
        // Sums of these are rounded.
        product.a[i] = rounded(random.nextGaussian(), DType.BF16);
      }
      try (CudaBackend inOrder = open(capability, Schedule.IN_ORDER);
          CudaBackend shuffled = open(capability, new Schedule(17))) {
        for (Types types : TYPES) {
          assertThat(product.on(shuffled, types, Write.ADD, 0)).as(orientation + " of " + types)
              .isEqualTo(product.on(inOrder, types, Write.ADD, 0));
        }
      }
    }
  }

  /** A product whose extents are whole tiles, and what it may take: each tile's operands and each output, once. */
  private record Whole(Orientation orientation, Types types, int m, int n, int k) {
    Map<String, Counters> on(Capability capability) {
      var driver = new EmulatedDriver(capability);
      var counters = new LinkedHashMap<String, Counters>();
      driver.observe((kernel, counted) -> {
        if (kernel.startsWith("gemm_")) {
          counters.put(kernel, counted);
        }
      });
      try (var cuda = new CudaBackend(new Device("emulated", 0), driver, Precision.FP32)) {
        new Product(orientation, m, n, k).on(cuda, types, Write.SET, 0);
      }
      return counters;
    }

    long sectors(String kernel) {
      int columns = Integer.parseInt(kernel.substring(kernel.lastIndexOf('_') + 1));
      boolean boxes = kernel.startsWith("gemm_wgmma");
      int rows = boxes ? WgmmaTile.ROWS : columns;
      long tiles = Math.ceilDiv(m, rows) * Math.ceilDiv(n, columns);
      // Four lanes have two neighbouring elements each of a row of an output: half a sector of BF16, unless it leaves in boxes.
      int stored = boxes ? types.c.bytes() : DType.F32.bytes();
      return (tiles * k * (rows + columns) * DType.BF16.bytes() + (long) m * n * stored) / SECTOR_BYTES;
    }
  }

  /** The second has as many tiles as a large device needs. */
  @ParameterizedTest
  @EnumSource(Orientation.class)
  void onTensorCoresSectorsAreWholeAndBanksAreMetOnce(Orientation orientation) {
    for (Capability capability : List.of(Capability.SM_80, Capability.SM_90)) {
      for (Whole product : List.of(new Whole(orientation, TYPES.getFirst(), 128, 128, 256),
          new Whole(orientation, TYPES.get(1), 2048, 1024, 32))) {
        assertThat(product.on(capability)).hasSize(1).allSatisfy((kernel, counters) -> {
          assertThat(counters.bankConflicts()).as(kernel).isZero();
          assertThat(counters.globalSectors()).as(kernel).isEqualTo(product.sectors(kernel));
        });
      }
    }
  }
}
