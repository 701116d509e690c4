package crema.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import crema.autograd.op.Catalog;
import crema.autograd.op.Output;
import crema.autograd.op.Row;
import crema.ptx.Capability;
import crema.ptx.Schedule;
import crema.tensor.Backend;
import crema.tensor.DType;
import crema.tensor.Device;
import crema.tensor.Precision;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Results do not depend on the order in which warps and blocks run. Large rows are left to a GPU, which runs all rows twice
 * ({@code device/check.sh}).
 */
class CatalogDeterminismTest {
  private static final Schedule SHUFFLED = new Schedule(20_260_731);

  @Test
  void anyOrderOfWarpsAndBlocksGivesTheSameBits() {
    assertThat(digests(SHUFFLED)).isEqualTo(digests(Schedule.IN_ORDER)).hasSizeGreaterThan(1000);
  }

  private static TreeMap<String, Long> digests(Schedule schedule) {
    var digests = new TreeMap<String, Long>();
    try (Backend cuda = new CudaBackend(new Device("emulated", 0), new EmulatedDriver(Capability.SM_80, schedule),
        Precision.FP32)) {
      for (Row row : Catalog.rows()) {
        if (!row.large()) {
          for (Output output : row.run(cuda, DType.F32)) {
            digests.put(row.name() + ": " + output.name(), output.digest());
          }
        }
      }
    }
    return digests;
  }
}
