package crema.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crema.ptx.Capability;
import crema.tensor.Backend;
import crema.tensor.Device;
import crema.tensor.Precision;
import crema.tensor.Scope;
import crema.tensor.SparseRows;
import crema.tensor.Tensor;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CudaEmbeddingTest {
  private final EmulatedDriver driver = new EmulatedDriver(Capability.SM_80);
  private final Backend cuda = new CudaBackend(new Device("emulated", 0), driver, Precision.FP32);

  private static float[] noise(int n, int seed) {
    var random = new Random(seed);
    var values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  /** Ids of which one has half of the tokens, one 33 and one 32: runs of 32 and their second pass. */
  private static int[] unevenIds(int tokens) {
    var ids = new int[tokens];
    for (int i = 0; i < tokens; i++) {
      ids[i] = i % 2 == 0 ? 70_000 : i < 66 ? 5 : i < 66 + 64 ? 3 : 1000 + i;
    }
    return ids;
  }

  @Test
  void idsThatManyTokensHaveAreSummedInRuns() {
    for (int features : new int[] {1, 130, 384}) {
      int tokens = 1111;
      float[] dy = noise(tokens * features, features);
      try (var here = new Scope(cuda); Backend cpu = Backend.open(Device.CPU); var there = new Scope(cpu)) {
        SparseRows actual = gradient(here, unevenIds(tokens), dy, features);
        SparseRows expected = gradient(there, unevenIds(tokens), dy, features);
        assertThat(actual.rows().toInts()).isEqualTo(expected.rows().toInts());
        assertThat(CudaStorage.knownInts(actual.rows())).as("known without a copy").isEqualTo(expected.rows().toInts());
        assertThat(actual.values().toFloats()).usingComparatorWithPrecision(1e-4f)
            .containsExactly(expected.values().toFloats());
      }
    }
  }

  private static SparseRows gradient(Scope scope, int[] ids, float[] dy, int features) {
    return scope.backend().ops().embedding().gatherBackward(scope.ints(ids, ids.length),
        scope.floats(dy, ids.length, features), 0.5f, scope);
  }

  /** What a recorded step needs: nothing that is launched, and no address, depends on the ids. */
  @Test
  void launchesDoNotDependOnIds() {
    try (var pooled = new CudaBackend(new Device("emulated", 0), new EmulatedDriver(Capability.SM_80).pooled(),
        Precision.FP32)) {
      float[] dy = noise(64 * 8, 1);
      for (int run = 0; run < 8; run++) {
        int distinct = 1 + 9 * run;
        var ids = new int[64];
        for (int i = 0; i < ids.length; i++) {
          ids[i] = i % distinct * 7;
        }
        try (var scope = new Scope(pooled)) {
          float[] sums = pooled.step("gradient", () -> {
            SparseRows once = gradient(scope, ids, dy, 8);
            SparseRows twice = pooled.ops().embedding().add(once, gradient(scope, ids, dy, 8), scope);
            Tensor table = scope.zeros(crema.tensor.DType.F32, 500, 8);
            pooled.ops().embedding().scatterAdd(twice, table);
            return table;
          }).toFloats();
          var expected = new float[500 * 8];
          for (int i = 0; i < dy.length; i++) {
            expected[ids[i / 8] * 8 + i % 8] += dy[i];
          }
          assertThat(sums).usingComparatorWithPrecision(1e-4f).containsExactly(expected);
        }
      }
      assertThat(pooled.context().queue().replays()).isEqualTo(4);
    }
  }

  @Test
  void anIdThatIsNotInTheTableIsNamed() {
    try (var scope = new Scope(cuda)) {
      Tensor table = scope.floats(new float[6], 3, 2);
      Tensor y = scope.floats(new float[4], 2, 2);
      for (int bad : new int[] {3, -1}) {
        assertThatThrownBy(() -> cuda.ops().embedding().gather(table, scope.ints(new int[] {0, bad}, 2), 1, y))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessage("id " + bad + " of token 1 is not in a table of 3 rows");
      }
    }
  }

  @Test
  void rowsAreReadOnce() {
    int tokens = 64;
    int features = 384;
    try (var scope = new Scope(cuda)) {
      Tensor table = scope.floats(noise(tokens * features, 1), tokens, features);
      Tensor y = scope.floats(new float[tokens * features], tokens, features);
      var ids = new int[tokens];
      for (int i = 0; i < tokens; i++) {
        ids[i] = (i * 37) % tokens;
      }
      driver.observe((kernel, counters) -> {
        assertThat(kernel).isEqualTo("gather_f32");
        // Each row is read and written in whole sectors; a warp of 128 columns reads one more for its id.
        assertThat(counters.globalSectors()).isEqualTo(2L * tokens * features * 4 / 32 + tokens * 3L);
      });
      cuda.ops().embedding().gather(table, scope.ints(ids, tokens), 1, y);
    }
    assertThat(driver.launches().get("gather_f32")).isEqualTo(1);
  }
}
