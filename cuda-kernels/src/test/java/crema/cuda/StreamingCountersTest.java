package crema.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import crema.ptx.Capability;
import crema.ptx.Counters;
import crema.tensor.AdamWStep;
import crema.tensor.DType;
import crema.tensor.Device;
import crema.tensor.Precision;
import crema.tensor.Scope;
import crema.tensor.Sequences;
import crema.tensor.SparseRows;
import crema.tensor.Tensor;
import crema.tensor.Write;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What kernels that are bound by memory ask of it: exactly the sectors of each tensor once, and no conflicts between
 * banks. An access that is no longer coalesced, or one too many, fails here rather than on a GPU.
 */
class StreamingCountersTest {
  private static final int ROWS = 100;
  private static final int FEATURES = 384;
  private static final int SECTOR = 32;
  /** Sectors of a vector of weights: caches serve it to each row. */
  private static final long WEIGHT = FEATURES * 4 / SECTOR;

  private static long sectors(DType type) {
    return (long) FEATURES * type.bytes() / SECTOR;
  }

  private static Map<String, Counters> counters(Consumer<Scope> work) {
    var counters = new LinkedHashMap<String, Counters>();
    var driver = new EmulatedDriver(Capability.SM_80);
    try (var backend = new CudaBackend(new Device("emulated", 0), driver, Precision.BF16);
        var scope = new Scope(backend)) {
      driver.observe((kernel, launch) -> assertThat(counters.put(kernel, launch)).as("launches of " + kernel).isNull());
      work.accept(scope);
    }
    return counters;
  }

  private static void assertSectors(Map<String, Counters> counters, String kernel, long expected) {
    assertThat(counters).containsKey(kernel);
    assertThat(counters.get(kernel).globalSectors()).as("sectors of " + kernel).isEqualTo(expected);
    assertThat(counters.get(kernel).bankConflicts()).as("bank conflicts of " + kernel).isZero();
  }

  private static Tensor rows(Scope scope, DType type) {
    return scope.zeros(type, ROWS, FEATURES);
  }

  @ParameterizedTest
  @EnumSource(value = DType.class, names = {"F32", "BF16"})
  void residualRmsNormReadsAndWritesEachTensorOnce(DType type) {
    long narrow = sectors(type);
    int parts = Parts.ofRows(ROWS).count();
    Map<String, Counters> counters = counters(scope -> {
      Tensor branch = rows(scope, type);
      Tensor gamma = scope.zeros(DType.F32, FEATURES);
      Tensor weight = scope.zeros(DType.F32, FEATURES);
      Tensor sum = rows(scope, DType.F32);
      Tensor y = rows(scope, type);
      Tensor inverse = scope.zeros(DType.F32, ROWS);
      var sequences = Sequences.of(scope, 0, ROWS);
      var fused = scope.backend().ops().fused();
      fused.residualRmsNorm(rows(scope, DType.F32), branch, gamma, sequences, 0, null, weight, 1e-6f, sum, y, inverse);
      fused.residualRmsNormBackward(branch, gamma, sequences, 0, null, weight, sum, inverse, rows(scope, type),
          scope.empty(DType.F32, ROWS, FEATURES), Write.SET, scope.zeros(DType.F32, FEATURES), rows(scope, type),
          scope.zeros(DType.F32, FEATURES));
    });
    String types = Types.suffix(type);
    assertSectors(counters, "residual_rms_norm" + types, ROWS * (2 * sectors(DType.F32) + 2 * narrow + 2 * WEIGHT + 1));
    assertSectors(counters, "residual_rms_norm_backward" + types,
        ROWS * (2 * sectors(DType.F32) + 3 * narrow + 2 * WEIGHT + 1) + 2 * parts * WEIGHT);
    assertSectors(counters, "sum_rows_of_two_partials_f32", 2 * (parts + 1) * WEIGHT);
  }

  @ParameterizedTest
  @EnumSource(value = DType.class, names = {"F32", "BF16"})
  void normalizationsReadAndWriteEachTensorOnce(DType type) {
    long narrow = sectors(type);
    int parts = Parts.ofRows(ROWS).count();
    Map<String, Counters> counters = counters(scope -> {
      var norms = scope.backend().ops().normalization();
      Tensor x = rows(scope, type);
      Tensor weight = scope.zeros(DType.F32, FEATURES);
      Tensor mean = scope.zeros(DType.F32, ROWS);
      Tensor inverse = scope.zeros(DType.F32, ROWS);
      norms.rmsNorm(x, weight, 1e-6f, rows(scope, type), inverse);
      norms.rmsNormBackward(x, weight, inverse, rows(scope, type), rows(scope, type), Write.SET, null);
      norms.layerNorm(x, weight, scope.zeros(DType.F32, FEATURES), 1e-6f, rows(scope, type), mean, inverse);
      norms.layerNormBackward(x, weight, mean, inverse, rows(scope, type), rows(scope, type), Write.SET,
          scope.zeros(DType.F32, FEATURES), scope.zeros(DType.F32, FEATURES));
    });
    String types = Types.suffix(type);
    assertSectors(counters, "rms_norm" + types, ROWS * (2 * narrow + WEIGHT + 1));
    // The weights stay in registers; statistics of a row are one sector.
    int blocks = parts * 8;
    assertSectors(counters, "rms_norm_backward" + types, ROWS * (3 * narrow + 1) + blocks * WEIGHT);
    assertSectors(counters, "layer_norm" + types, ROWS * (2 * narrow + 2 * WEIGHT + 2));
    assertSectors(counters, "layer_norm_backward" + types, ROWS * (3 * narrow + WEIGHT + 2) + 2 * parts * WEIGHT);
  }

  @ParameterizedTest
  @EnumSource(value = DType.class, names = {"F32", "BF16"})
  void residualsReadAndWriteEachTensorOnce(DType type) {
    long narrow = sectors(type);
    Map<String, Counters> counters = counters(scope -> {
      var pointwise = scope.backend().ops().pointwise();
      Tensor x = rows(scope, DType.F32);
      Tensor branch = rows(scope, type);
      var sequences = Sequences.of(scope, 0, ROWS);
      pointwise.residual(x, branch, null, sequences, 0, null, rows(scope, DType.F32));
      pointwise.residualBackward(branch, null, sequences, 0, null, x, rows(scope, type), null);
    });
    String types = Types.suffix(type);
    assertSectors(counters, "residual" + types, ROWS * (2 * sectors(DType.F32) + narrow));
    assertSectors(counters, "residual_backward" + types, ROWS * (sectors(DType.F32) + narrow));
  }

  @ParameterizedTest
  @EnumSource(value = DType.class, names = {"F32", "BF16"})
  void elementsAreReadAndWrittenOnce(DType type) {
    long tensor = ROWS * sectors(type);
    Map<String, Counters> counters = counters(scope -> {
      var pointwise = scope.backend().ops().pointwise();
      Tensor a = rows(scope, type);
      Tensor b = rows(scope, type);
      Tensor c = rows(scope, type);
      pointwise.swiglu(a, b, c);
      pointwise.swigluBackward(a, b, c, a, b);
      pointwise.scale(2, a, b);
      pointwise.addScaled(2, a, b);
      pointwise.copyColumns(a, 128, scope.empty(type, ROWS, 128));
    });
    String types = Types.suffix(type);
    assertSectors(counters, "swiglu" + types, 3 * tensor);
    assertSectors(counters, "swiglu_backward" + types, 5 * tensor);
    assertSectors(counters, "scale" + types, 2 * tensor);
    assertSectors(counters, "add_scaled" + types, 3 * tensor);
    assertSectors(counters, "copy_columns" + types, 2 * tensor / 3);
  }

  @Test
  void conversionsReadAndWriteOnce() {
    Map<String, Counters> counters = counters(scope -> {
      Tensor wide = rows(scope, DType.F32);
      Tensor narrow = rows(scope, DType.BF16);
      scope.backend().ops().pointwise().copy(wide, narrow);
      scope.backend().ops().pointwise().copy(narrow, wide);
    });
    long both = ROWS * (sectors(DType.F32) + sectors(DType.BF16));
    assertSectors(counters, "f32_to_bf16", both);
    assertSectors(counters, "bf16_to_f32", both);
  }

  @ParameterizedTest
  @EnumSource(value = DType.class, names = {"F32", "BF16"})
  void rowsOfTablesAreReadAndWrittenOnce(DType type) {
    Map<String, Counters> counters = counters(scope -> {
      Tensor table = rows(scope, type);
      int[] ids = IntStream.range(0, ROWS).map(i -> i * 7 % ROWS).toArray();
      scope.backend().ops().embedding().gather(table, scope.ints(ids, ROWS), 2, rows(scope, DType.F32));
    });
    // A warp reads its tokens' ids one at a time.
    long ids = ROWS * FEATURES / 128;
    assertSectors(counters, "gather" + Types.suffix(type), ROWS * (sectors(type) + sectors(DType.F32)) + ids);
  }

  /** Rows of logits that a block holds: read once, written once. */
  @ParameterizedTest
  @ValueSource(ints = {8192, 12_288, 32_768})
  void logitsAreReadAndWrittenOnce(int classes) {
    int rows = 2;
    Map<String, Counters> counters = counters(scope -> {
      Tensor logits = scope.zeros(DType.F32, rows, classes);
      Tensor labels = scope.ints(new int[rows], rows);
      scope.backend().ops().losses().crossEntropy(logits, labels, null, 0, scope.empty(DType.F32, 1), logits);
    });
    String kernel = "cross_entropy_held_" + (classes <= 8192 ? 8192 : classes <= 16_384 ? 16_384 : 32_768) + "_f32";
    int warps = classes <= 8192 ? 8 : 16;
    // Each warp reads the label, its logit and two factors; one writes the loss.
    assertSectors(counters, kernel, rows * (2L * classes * 4 / SECTOR + 4L * warps + 1));
  }

  @Test
  void parametersAreReadAndWrittenOnce() {
    long tensor = ROWS * sectors(DType.F32);
    int present = ROWS / 2;
    Map<String, Counters> counters = counters(scope -> {
      var step = new AdamWStep(1e-3, 0.9, 0.999, 1e-8, 0.01, 1, 1);
      var optimizers = scope.backend().ops().optimizers();
      optimizers.adamW(rows(scope, DType.F32), rows(scope, DType.F32), rows(scope, DType.F32), rows(scope, DType.F32),
          step);
      int[] which = IntStream.range(0, present).map(i -> 2 * i).toArray();
      var gradient = new SparseRows(scope.ints(which, present), scope.zeros(DType.F32, present, FEATURES));
      optimizers.adamWSparse(rows(scope, DType.F32), gradient, rows(scope, DType.F32), rows(scope, DType.F32), step);
    });
    // What is updated and by how much stands in a table, of which each warp reads a few sectors.
    assertSectorsAbout(counters, "adamw_dense", 7 * tensor);
    assertSectorsAbout(counters, "adamw_sparse", 6 * tensor + present * sectors(DType.F32));
  }

  private static void assertSectorsAbout(Map<String, Counters> counters, String kernel, long expected) {
    assertThat(counters).containsKey(kernel);
    assertThat(counters.get(kernel).globalSectors()).as("sectors of " + kernel)
        .isBetween(expected, expected + expected / 20);
  }
}
