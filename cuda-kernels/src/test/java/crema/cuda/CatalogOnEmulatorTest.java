package crema.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import crema.autograd.op.Catalog;
import crema.autograd.op.Output;
import crema.autograd.op.ProbeBackend;
import crema.autograd.op.Row;
import crema.ptx.Capability;
import crema.tensor.Backend;
import crema.tensor.DType;
import crema.tensor.Device;
import crema.tensor.Precision;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every op, forward and backward, by the PTX that ships, on an emulated device against the reference; with {@code
 * -Dcrema.row=REGEX} the rows whose names match.
 */
class CatalogOnEmulatorTest {
  /** Each is for all rows, until one fails: loading kernels takes longer than most rows. */
  private static final Map<Capability, CudaBackend> BACKENDS = new HashMap<>();

  static Stream<Row> rows() {
    var names = Pattern.compile(System.getProperty("crema.row", ""));
    return Catalog.rows().stream().filter(row -> names.matcher(row.name()).find());
  }

  static Stream<Row> smallRows() {
    return rows().filter(row -> !row.large());
  }

  @AfterAll
  static void close() {
    BACKENDS.values().forEach(CudaBackend::close);
    BACKENDS.clear();
  }

  @ParameterizedTest
  @MethodSource("rows")
  void inSinglePrecisionIsNearTheReferenceInDouble(Row row) {
    check(row, Capability.SM_80);
  }

  @ParameterizedTest
  @MethodSource("smallRows")
  void onTuringIsNearTheReferenceToo(Row row) {
    check(row, Capability.SM_75);
  }

  private static void check(Row row, Capability capability) {
    CudaBackend cuda = BACKENDS.computeIfAbsent(capability,
        unused -> new CudaBackend(new Device("emulated", 0), new EmulatedDriver(capability), Precision.FP32));
    boolean sound = false;
    try (Backend reference = Backend.open(Device.REFERENCE)) {
      List<Output> expected = row.run(new ProbeBackend(reference), DType.F64);
      List<Output> actual = row.run(new ProbeBackend(cuda), DType.F32);
      assertThat(actual).extracting(Output::name).isEqualTo(expected.stream().map(Output::name).toList());
      for (int i = 0; i < expected.size(); i++) {
        assertThat(actual.get(i).errorAgainst(expected.get(i), row.negligible()))
            .as(expected.get(i).name())
            .isLessThanOrEqualTo(row.tolerance());
      }
      assertThat(cuda.liveBytes()).isZero();
      sound = true;
    } finally {
      if (!sound) {
        BACKENDS.remove(capability).close();
      }
    }
  }
}
