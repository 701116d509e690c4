package crema.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import crema.ptx.Capability;
import crema.tensor.AdamWSlot;
import crema.tensor.AdamWStep;
import crema.tensor.Backend;
import crema.tensor.BackendOptions;
import crema.tensor.DType;
import crema.tensor.Deferred;
import crema.tensor.Device;
import crema.tensor.Precision;
import crema.tensor.Scope;
import crema.tensor.SparseRows;
import crema.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CudaOptimizersTest {
  private static final int[] SIZES = {4096 * 2 + 8, 1, 0, 384, 37};

  private final EmulatedDriver driver = new EmulatedDriver(Capability.SM_80);
  private final CudaBackend cuda = new CudaBackend(new Device("emulated", 0), driver, Precision.FP32);

  @AfterEach
  void close() {
    cuda.close();
  }

  private static Tensor noise(Scope scope, Random random, boolean positive, long... shape) {
    var tensor = scope.empty(DType.F32, shape);
    var values = new float[(int) tensor.elements()];
    for (int i = 0; i < values.length; i++) {
      float value = (float) random.nextGaussian();
      values[i] = positive ? Math.abs(value) : value;
    }
    return tensor.set(values);
  }

  /** Dense parameters of several sizes, and tables of which few rows, or none, have gradients. */
  private static List<AdamWSlot> slots(Scope scope) {
    var random = new Random(7);
    var slots = new ArrayList<AdamWSlot>();
    for (int i = 0; i < SIZES.length; i++) {
      int n = SIZES[i];
      var step = new AdamWStep(1e-3 * (i + 1), 0.9, 0.95, 1e-8, i % 2 * 0.1, 3, 0.5 + i);
      slots.add(new AdamWSlot.Dense(noise(scope, random, false, n), noise(scope, random, false, n),
          noise(scope, random, false, n), noise(scope, random, true, n), step));
    }
    for (int columns : new int[] {5, 132}) {
      for (int[] rows : new int[][] {{0, 7, 8, 9, 63, 64, 65, 199}, {}, {198}}) {
        var gradient =
            new SparseRows(scope.ints(rows, rows.length), noise(scope, random, false, rows.length, columns));
        slots.add(1, new AdamWSlot.Sparse(noise(scope, random, false, 200, columns), gradient,
            noise(scope, random, false, 200, columns), noise(scope, random, true, 200, columns),
            new AdamWStep(1e-2, 0.9, 0.95, 1e-8, 0.01, 5, 2)));
      }
    }
    return slots;
  }

  @Test
  void updatesAllParametersWithTheBitsOfTheCpu() {
    for (double maxNorm : new double[] {Double.POSITIVE_INFINITY, 0.7}) {
      try (Backend cpu = Backend.open(Device.CPU, new BackendOptions(1)); var here = new Scope(cuda);
          var there = new Scope(cpu)) {
        List<AdamWSlot> actual = slots(here);
        List<AdamWSlot> expected = slots(there);
        double norm = cuda.ops().optimizers().adamWAll(actual, maxNorm).value();
        assertThat(norm).isCloseTo(cpu.ops().optimizers().adamWAll(expected, maxNorm).value(), within(1e-9 * norm));
        for (int i = 0; i < actual.size(); i++) {
          assertThat(actual.get(i).parameter().toFloats()).as("parameter " + i)
              .isEqualTo(expected.get(i).parameter().toFloats());
          assertThat(actual.get(i).firstMoment().toFloats()).isEqualTo(expected.get(i).firstMoment().toFloats());
          assertThat(actual.get(i).secondMoment().toFloats()).isEqualTo(expected.get(i).secondMoment().toFloats());
        }
      }
    }
    assertThat(driver.launches()).as("launches of two updates of all").containsEntry("gradient_squares", 2L)
        .containsEntry("gradient_clipping", 2L).containsEntry("adamw_dense", 2L).containsEntry("adamw_sparse", 2L)
        .hasSize(4);
  }

  @Test
  void keepsTheHalfCopiesOfParametersUpToDate() {
    try (var scope = new Scope(cuda)) {
      List<AdamWSlot> slots = slots(scope);
      var halves = slots.stream().map(slot -> CudaStorage.half(slot.parameter())).toList();
      cuda.ops().optimizers().adamWAll(slots, 1);
      for (int i = 0; i < slots.size(); i++) {
        Tensor parameter = slots.get(i).parameter();
        assertThat(CudaStorage.half(parameter)).as("the same copy").isEqualTo(halves.get(i));
        float[] wide = parameter.toFloats();
        var half = new short[wide.length];
        cuda.read(halves.get(i), MemorySegment.ofArray(half));
        float[] rounded = scope.empty(DType.BF16, wide.length).set(wide).toFloats();
        for (int j = 0; j < wide.length; j++) {
          assertThat(Float.intBitsToFloat(half[j] << Short.SIZE)).isEqualTo(rounded[j]);
        }
      }
    }
  }

  @Test
  void readsAndWritesWholeSectors() {
    int n = 64 * 4096;
    try (var scope = new Scope(cuda)) {
      var random = new Random(1);
      var slot = new AdamWSlot.Dense(noise(scope, random, false, n), noise(scope, random, false, n),
          noise(scope, random, false, n), noise(scope, random, true, n), new AdamWStep(0.1, 0.9, 0.99, 1e-8, 0, 1, 1));
      CudaStorage.half(slot.parameter());
      var bytes = new long[1];
      driver.observe((kernel, counters) -> {
        if (kernel.equals("adamw_dense")) {
          bytes[0] = counters.globalSectors() * 32;
        }
      });
      Deferred norm = cuda.ops().optimizers().adamWAll(List.of(slot), 1);
      assertThat(norm.value()).isPositive();
      // p, g, m, v read and p, m, v and the copy written: 30 bytes; the table and the clipping come with each block.
      assertThat(bytes[0]).isBetween(30L * n, 30L * n * 11 / 10);
    }
  }
}
