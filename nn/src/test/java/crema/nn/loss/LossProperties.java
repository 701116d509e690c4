package crema.nn.loss;

import static org.assertj.core.api.Assertions.assertThat;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.tensor.Backend;
import crema.tensor.DType;
import crema.tensor.Device;
import crema.tensor.Scope;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.DoubleStream;
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

  /** So that a batch may be filled up with rows that count for nothing. */
  @Property(tries = 200)
  void rowsWithoutLabelChangeNothing(@ForAll("moderateLogits") double[] logits, @ForAll("labels") int[] labels,
      @ForAll("moderateLogits") double[] more) {
    int[] withMore = Arrays.copyOf(labels, 2 * ROWS);
    Arrays.fill(withMore, ROWS, 2 * ROWS, -1);
    double[] all = Arrays.copyOf(logits, 2 * logits.length);
    System.arraycopy(more, 0, all, logits.length, more.length);
    Map<String, Loss> ofIndices = new LinkedHashMap<>(GoldenLosses.of(Targets.Form.INDICES));
    ofIndices.put("contrastive", new SupervisedContrastive(0.1));
    ofIndices.forEach((name, loss) -> assertSameLoss(name, loss, logits, Targets.Indices.of(labels), all,
        Targets.Indices.of(withMore)));
    Map<String, Loss> ofNodes = new LinkedHashMap<>(GoldenLosses.of(Targets.Form.NODES));
    ofNodes.put("triplets", new TreeTriplet(GoldenLosses.TREE, 0.1));
    ofNodes.forEach((name, loss) -> assertSameLoss(name, loss, logits, Targets.Nodes.of(labels), all,
        Targets.Nodes.of(withMore)));
  }

  @Provide
  Arbitrary<double[]> moderateLogits() {
    return Arbitraries.doubles().between(-9, 9).array(double[].class).ofSize(ROWS * GoldenLosses.LABELS);
  }

  private static void assertSameLoss(String name, Loss loss, double[] logits, Targets targets, double[] allLogits,
      Targets allTargets) {
    double[] few = lossAndGradient(loss, logits, targets);
    double[] many = lossAndGradient(loss, allLogits, allTargets);
    assertThat(many).as(name).startsWith(few);
    assertThat(Arrays.copyOfRange(many, few.length, many.length)).as(name).containsOnly(0.0);
  }

  /** The loss, then its gradient. */
  private static double[] lossAndGradient(Loss loss, double[] elements, Targets targets) {
    try (var scope = new Scope(reference)) {
      var logits =
          Variable.parameter(scope.empty(DType.F64, targets.rows(), GoldenLosses.LABELS).set(elements));
      Tape tape = Tape.recording(scope);
      Variable value = loss.apply(tape, logits, targets);
      return DoubleStream.concat(DoubleStream.of(value.value().item()),
          Arrays.stream(tape.backward(value).of(logits).toDoubles())).toArray();
    }
  }

  @Property(tries = 200)
  void lossesOfPairsAreFinite(@ForAll("logits") double[] logits, @ForAll("labels") int[] rows) {
    var first = Arrays.stream(rows).map(row -> Math.max(row, 0) % ROWS).toArray();
    var similarities = Arrays.stream(rows).mapToDouble(row -> row < 0 ? 0.5 : row % 2).toArray();
    assertFinite(GoldenLosses.of(Targets.Form.PAIRS), logits,
        new Targets.Pairs(ROWS, first, new int[] {0, 1, 2, 3, 4}, similarities));
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
