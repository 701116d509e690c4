package crema.nn.loss;

import static org.assertj.core.api.Assertions.assertThat;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.tensor.Backend;
import crema.tensor.DType;
import crema.tensor.Device;
import crema.tensor.Scope;
import java.util.Arrays;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Losses and their gradients are finite for any finite logits and any targets. */
class LossProperties {
  private static final int ROWS = 5;
  private static Backend reference;

  @BeforeContainer
  static void open() {
    reference = Backend.open(Device.REFERENCE);
  }

  @AfterContainer
  static void close() {
    assertThat(reference.liveBytes()).isZero();
    reference.close();
  }

  @Provide
  Arbitrary<double[]> logits() {
    return Arbitraries.oneOf(
        Arbitraries.of(0.0, -0.0, 80.0, -80.0, 1000.0, -1000.0, 1e-300, -1e-300, 37.0, -745.2, 709.8, 88.8),
        Arbitraries.doubles().between(-50, 50))
        .array(double[].class).ofSize(ROWS * GoldenLosses.LABELS);
  }

  @Provide
  Arbitrary<int[]> labels() {
    return Arbitraries.integers().between(-1, GoldenLosses.LABELS - 1).array(int[].class).ofSize(ROWS);
  }

  @Provide
  Arbitrary<int[]> multiHot() {
    return Arbitraries.integers().between(0, 1).array(int[].class).ofSize(ROWS * GoldenLosses.LABELS);
  }

  @Property(tries = 200)
  void singleLabelLossesAreFinite(@ForAll("logits") double[] logits, @ForAll("labels") int[] labels) {
    assertFinite(GoldenLosses.of(Targets.Form.INDICES), logits, new Targets.Indices(labels));
    assertFinite(GoldenLosses.of(Targets.Form.NODES), logits, new Targets.Nodes(labels));
  }

  @Property(tries = 200)
  void multiLabelLossesAreFinite(@ForAll("logits") double[] logits, @ForAll("multiHot") int[] labels) {
    double[] values = Arrays.stream(labels).asDoubleStream().toArray();
    assertFinite(GoldenLosses.of(Targets.Form.MULTI_HOT), logits,
        new Targets.MultiHot(ROWS, GoldenLosses.LABELS, values));
  }

  private static void assertFinite(Map<String, Loss> losses, double[] elements, Targets targets) {
    losses.forEach((name, loss) -> {
      for (DType dtype : new DType[] {DType.F64, DType.F32}) {
        try (var scope = new Scope(reference)) {
          var logits = Variable.parameter(scope.empty(dtype, ROWS, GoldenLosses.LABELS).set(elements));
          Tape tape = Tape.recording(scope);
          Variable value = loss.apply(tape, logits, targets);
          assertThat(value.value().item()).as(name).isFinite().isGreaterThanOrEqualTo(-1e-12);
          assertThat(Arrays.stream(tape.backward(value).of(logits).toDoubles())).as(name)
              .allMatch(Double::isFinite);
        }
      }
    });
  }
}
