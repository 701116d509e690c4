package crema.autograd.op;

import static org.assertj.core.api.Assertions.assertThat;

import crema.autograd.GradCheck;
import crema.autograd.Variable;
import crema.tensor.Backend;
import crema.tensor.DType;
import crema.tensor.Device;
import crema.tensor.Scope;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Gradients against difference quotients, on the reference backend in double precision. */
class GradientConformanceTest {
  private static final double TOLERANCE = 1e-6;
  private static final int SAMPLES = 24;

  private final Backend backend = Backend.open(Device.REFERENCE);

  @AfterEach
  void allMemoryIsReturned() {
    assertThat(backend.liveBytes()).isZero();
    backend.close();
  }

  static Stream<OpRow> smoothRows() {
    return Catalog.opRows().stream().filter(OpRow::smooth);
  }

  static Stream<OpRow> rowsOfSeveralInputs() {
    return Catalog.opRows().stream().filter(row -> !row.large() && row.inputs().size() > 1);
  }

  @ParameterizedTest
  @MethodSource("smoothRows")
  void gradientsEqualDifferenceQuotients(OpRow row) {
    check(row.name(), row, row.apply());
  }

  /** The second gradient that arrives at an input is added to the first. */
  @ParameterizedTest
  @MethodSource("smoothRows")
  void gradientsOfInputsThatAreUsedTwiceAddUp(OpRow row) {
    check(row.name() + " used twice", row, (tape, inputs) -> {
      Variable once = row.apply().apply(tape, inputs);
      Variable again = row.apply().apply(tape, inputs);
      return Binary.add(tape, once, Scale.apply(tape, again, -0.3));
    });
  }

  private void check(String name, OpRow row, GradCheck.Function function) {
    try (var scope = new Scope(new ProbeBackend(backend))) {
      var worst = GradCheck.check(name, function, SAMPLES, row.tensors(scope, DType.F64));
      assertThat(worst.error()).as(worst.toString()).isLessThan(TOLERANCE);
    }
  }

  @ParameterizedTest
  @MethodSource("rowsOfSeveralInputs")
  void gradientsAreTheSameWhenOtherInputsNeedNone(OpRow row) {
    List<Output> all = row.run(backend, DType.F64);
    for (int i : IntStream.range(0, row.inputs().size()).toArray()) {
      List<Output> one = row.run(backend, DType.F64, List.of(i));
      assertThat(one.getLast().name()).isEqualTo(all.get(i + 1).name());
      assertThat(one.getLast().values()).isEqualTo(all.get(i + 1).values());
    }
  }
}
