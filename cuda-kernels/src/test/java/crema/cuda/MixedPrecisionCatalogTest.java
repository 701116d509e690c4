package crema.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import crema.autograd.op.Catalog;
import crema.autograd.op.OpRow;
import crema.autograd.op.Output;
import crema.autograd.op.ProbeBackend;
import crema.ptx.Capability;
import crema.tensor.Backend;
import crema.tensor.Device;
import crema.tensor.Precision;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every op of the tape with activations in BF16 against the reference in F64 on the same rounded inputs. */
class MixedPrecisionCatalogTest {
  static Stream<OpRow> rows() {
    return Catalog.opRows().stream().filter(row -> row.smooth() || row.large());
  }

  @ParameterizedTest
  @MethodSource("rows")
  void isNearTheReferenceOnTheSameRoundedInputs(OpRow row) {
    try (Backend reference = Backend.open(Device.REFERENCE);
        Backend cuda =
            new CudaBackend(new Device("emulated", 0), new EmulatedDriver(Capability.SM_80), Precision.BF16)) {
      List<Output> expected = row.runMixed(new ProbeBackend(reference), true);
      List<Output> actual = row.runMixed(cuda, false);
      for (int i = 0; i < expected.size(); i++) {
        assertThat(
            actual.get(i).errorAgainst(expected.get(i), Math.max(row.negligible(), CatalogCheck.HALF_NEGLIGIBLE)))
            .as(expected.get(i).name())
            .isLessThanOrEqualTo(CatalogCheck.HALF_TOLERANCE);
      }
      assertThat(cuda.liveBytes()).isZero();
    }
  }
}
