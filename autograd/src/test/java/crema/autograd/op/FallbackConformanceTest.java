package crema.autograd.op;

import static org.assertj.core.api.Assertions.assertThat;

import crema.tensor.Backend;
import crema.tensor.BackendOptions;
import crema.tensor.DType;
import crema.tensor.Device;
import crema.tensor.Ops;
import crema.tensor.Shape;
import crema.tensor.Storage;
import crema.tensor.reference.Fallback;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A backend that has memory of its own and no kernel: every op runs through its fallback and gives the reference's
 * bits. An input that the fallback forgot to copy would be NaN, and so would an output that it forgot to copy back.
 */
class FallbackConformanceTest {
  /** The memory of the CPU with the ops of a fallback. */
  private record WithoutKernels(Backend memory, Ops ops) implements Backend {
    @Override
    public Device device() {
      return memory.device();
    }

    @Override
    public Storage allocate(DType dtype, Shape shape) {
      return memory.allocate(dtype, shape);
    }

    @Override
    public long liveBytes() {
      return memory.liveBytes();
    }

    @Override
    public void close() {
      memory.close();
    }
  }

  static Stream<Row> rows() {
    return Catalog.rows().stream().filter(row -> !row.large());
  }

  @ParameterizedTest
  @MethodSource("rows")
  void aBackendWithoutKernelsGivesTheBitsOfTheReference(Row row) {
    try (Backend reference = Backend.open(Device.REFERENCE);
        Backend cpu = Backend.open(Device.CPU, new BackendOptions(1));
        var backend = new WithoutKernels(cpu, new Fallback().ops())) {
      List<Output> expected = row.run(reference, DType.F64);
      List<Output> actual = row.run(new ProbeBackend(backend), DType.F64);
      assertThat(actual).extracting(Output::name).isEqualTo(expected.stream().map(Output::name).toList());
      for (int i = 0; i < expected.size(); i++) {
        assertThat(actual.get(i).values()).as(expected.get(i).name()).isEqualTo(expected.get(i).values());
      }
      assertThat(backend.liveBytes()).isZero();
    }
  }
}
