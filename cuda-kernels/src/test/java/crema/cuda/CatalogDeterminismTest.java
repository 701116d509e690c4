package crema.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import crema.autograd.op.Output;
import crema.ptx.Capability;
import crema.ptx.Schedule;
import crema.tensor.Device;
import crema.tensor.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Results do not depend on the order in which warps and blocks run, and those that PTX fixes to the bit are those that
 * devices are held against ({@link ExactDigests}). Large rows are left to a GPU, which runs all rows twice ({@code
 * device/check.sh}).
 */
class CatalogDeterminismTest {
  private static final Schedule SHUFFLED = new Schedule(20_260_731);
  private static final Path RESOURCES = Path.of(Files.exists(Path.of("src/main/cuda")) ? "" : "cuda-kernels")
      .resolve("src/test/resources/crema/cuda");

  /**
   * What rows gave.
   *
   * @param all digests of outputs by row and name
   * @param exact digests of rows that launch kernels whose arithmetic is fixed, and no others
   */
  private record Digests(TreeMap<String, Long> all, TreeMap<String, String> exact) {}

  @Test
  void anyOrderOfWarpsAndBlocksGivesTheSameBits() throws IOException {
    Digests inOrder = digests(Schedule.IN_ORDER);
    assertThat(digests(SHUFFLED)).isEqualTo(inOrder);
    assertThat(inOrder.all()).hasSizeGreaterThan(1000);
    if (Boolean.getBoolean("crema.update")) {
      ExactDigests.write(RESOURCES, inOrder.exact());
    } else {
      assertThat(inOrder.exact()).as("digests of exact rows; accept a change of bits with -Dcrema.update=true")
          .isEqualTo(ExactDigests.load()).hasSizeGreaterThan(300);
    }
  }

  private static Digests digests(Schedule schedule) {
    var digests = new Digests(new TreeMap<>(), new TreeMap<>());
    Set<String> exact = ExactDigests.kernels();
    var driver = new EmulatedDriver(Capability.SM_90, schedule);
    try (var cuda = new CudaBackend(new Device("emulated", 0), driver, Precision.FP32)) {
      for (CatalogRun run : CatalogRun.all()) {
        if (!run.row().large()) {
          driver.launches().clear();
          List<Output> outputs = run.actual(cuda);
          for (Output output : outputs) {
            digests.all().put(run.name() + ": " + output.name(), output.digest());
          }
          if (!driver.launches().isEmpty() && exact.containsAll(driver.launches().keySet())) {
            digests.exact().put(run.name(), ExactDigests.of(outputs));
          }
        }
      }
    }
    return digests;
  }
}
