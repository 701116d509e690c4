package crema.autograd.op;

import static org.assertj.core.api.Assertions.assertThat;

import crema.tensor.Backend;
import crema.tensor.BackendOptions;
import crema.tensor.DType;
import crema.tensor.Device;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The CPU backend against the reference, and against itself on other numbers of threads. */
class BackendConformanceTest {
  static Stream<Row> rows() {
    return Catalog.rows().stream();
  }

  @ParameterizedTest
  @MethodSource("rows")
  void cpuInSinglePrecisionIsNearTheReferenceInDouble(Row row) {
    try (Backend reference = Backend.open(Device.REFERENCE);
        Backend cpu = Backend.open(Device.CPU, new BackendOptions(2))) {
      List<Output> expected = row.run(new ProbeBackend(reference), DType.F64);
      List<Output> actual = row.run(new ProbeBackend(cpu), DType.F32);
      assertThat(actual).extracting(Output::name).isEqualTo(expected.stream().map(Output::name).toList());
      for (int i = 0; i < expected.size(); i++) {
        assertThat(actual.get(i).errorAgainst(expected.get(i), row.negligible()))
            .as(expected.get(i).name())
            .isLessThanOrEqualTo(row.tolerance());
      }
      assertThat(reference.liveBytes()).isZero();
      assertThat(cpu.liveBytes()).isZero();
    }
  }

  @ParameterizedTest
  @MethodSource("rows")
  void anyNumberOfThreadsGivesTheSameBits(Row row) {
    List<Long> expected = digests(row, 1);
    assertThat(digests(row, 2)).as("2 threads").isEqualTo(expected);
    assertThat(digests(row, 7)).as("7 threads").isEqualTo(expected);
  }

  private static List<Long> digests(Row row, int threads) {
    try (Backend cpu = Backend.open(Device.CPU, new BackendOptions(threads))) {
      return row.run(cpu, DType.F32).stream().map(Output::digest).toList();
    }
  }
}
