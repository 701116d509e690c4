package crema.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import crema.base.Forest;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BootstrapTest {

  private static final EnumSet<Metric> ALL = EnumSet.allOf(Metric.class);

  @Test
  void sameSeedGivesTheSameIntervalsAndAnotherSeedOthers() {
    var outcomes = singleLabel(500, 10, 0.3, 1);
    assertThat(Bootstrap.ofSeed(7).intervals(outcomes, ALL)).isEqualTo(Bootstrap.ofSeed(7).intervals(outcomes, ALL));
    assertThat(Bootstrap.ofSeed(7).intervals(outcomes, ALL)).isNotEqualTo(Bootstrap.ofSeed(8).intervals(outcomes, ALL));
  }

  @Test
  void accuracyIntervalIsTheBinomialOne() {
    var outcomes = singleLabel(2000, 5, 0.25, 2);
    var interval = new Bootstrap(4000, 0.95, 3).intervals(outcomes, List.of(Metric.ACCURACY)).get(Metric.ACCURACY);
    double accuracy = ClassificationMetrics.of(outcomes).accuracy();
    double standardError = Math.sqrt(accuracy * (1 - accuracy) / 2000);
    assertThat(interval.estimate()).isEqualTo(accuracy);
    assertThat(interval.low()).isCloseTo(accuracy - 1.96 * standardError, within(0.1 * standardError));
    assertThat(interval.high()).isCloseTo(accuracy + 1.96 * standardError, within(0.1 * standardError));
  }

  @Test
  void rareLabelsMissingFromAResampleDoNotPullItsMacroAverageDown() {
    var truth = IntStream.range(0, 300).map(document -> document < 200 ? 0 : document - 199).toArray();
    var perfect = SingleLabelOutcomes.of(truth, truth, 101);
    var interval = Bootstrap.ofSeed(1).intervals(perfect, List.of(Metric.MACRO_F1)).get(Metric.MACRO_F1);
    assertThat(interval).isEqualTo(new Interval(1, 1, 1, 0.95));
  }

  @Test
  void labelsThatNeverOccurCountNeitherInTheEstimateNorInResamples() {
    var rows = new int[][] {{0}, {1}, {0, 1}, {1}};
    var outcomes = MultiLabelOutcomes.of(rows, rows, 4);
    var interval = Bootstrap.ofSeed(1).intervals(outcomes, List.of(Metric.MACRO_F1)).get(Metric.MACRO_F1);
    assertThat(interval).isEqualTo(new Interval(1, 1, 1, 0.95));
  }

  @Test
  void anIntervalHoldsItsEstimateWhateverTheDocuments() {
    var random = new Random(11);
    for (int trial = 0; trial < 1000; trial++) {
      int labels = 2 + random.nextInt(12);
      int documents = 1 + random.nextInt(40);
      double right = random.nextDouble();
      // Skewed, so that rare labels miss from resamples.
      IntSupplier label = () -> (int) (labels * Math.pow(random.nextDouble(), 3));
      Outcomes outcomes;
      if (trial % 2 == 0) {
        var truth = IntStream.range(0, documents).map(_ -> label.getAsInt()).toArray();
        var predicted = IntStream.of(truth)
            .map(each -> random.nextDouble() < right ? each : random.nextInt(labels + 1) - 1).toArray();
        outcomes = SingleLabelOutcomes.of(truth, predicted, labels);
      } else {
        Supplier<int[]> row =
            () -> IntStream.range(0, random.nextInt(4)).map(_ -> label.getAsInt()).distinct().toArray();
        var truth = IntStream.range(0, documents).mapToObj(_ -> row.get()).toArray(int[][]::new);
        var predicted = Arrays.stream(truth).map(each -> random.nextDouble() < right ? each : row.get())
            .toArray(int[][]::new);
        outcomes = MultiLabelOutcomes.of(truth, predicted, labels);
      }
      if (trial % 3 == 0) {
        outcomes = outcomes.weighted(random.doubles(documents, 0.01, 20).toArray());
      }
      if (trial % 5 == 0) {
        outcomes = Hierarchy.withAncestors(tree(labels, random), outcomes);
      } else if (trial % 5 == 1) {
        Outcomes roots = Hierarchy.atLevel(tree(labels, random), outcomes, 1);
        outcomes = roots.documents() > 0 ? roots : outcomes;
      }
      var estimate = ClassificationMetrics.of(outcomes);
      new Bootstrap(40, 0.9, trial).intervals(outcomes, ALL).forEach((metric, interval) -> {
        assertThat(interval.estimate()).isEqualTo(metric.of(estimate));
        assertThat(interval.low()).isLessThanOrEqualTo(interval.estimate());
        assertThat(interval.high()).isGreaterThanOrEqualTo(interval.estimate());
      });
    }
  }

  /** The labels in random places below each other. */
  private static Forest tree(int labels, Random random) {
    return new Forest(
        IntStream.range(0, labels).map(label -> label == 0 ? Forest.NONE : random.nextInt(label + 1) - 1).toArray());
  }

  @Test
  void anIntervalHoldsADifferenceWhateverTheDocuments() {
    var random = new Random(13);
    for (int trial = 0; trial < 200; trial++) {
      int documents = 1 + random.nextInt(30);
      var truth = random.ints(documents, 0, 6).toArray();
      var weights = random.doubles(documents, 0.01, 20).toArray();
      Outcomes first = SingleLabelOutcomes.of(truth, random.ints(documents, -1, 6).toArray(), 6).weighted(weights);
      Outcomes second = SingleLabelOutcomes.of(truth, random.ints(documents, -1, 6).toArray(), 6).weighted(weights);
      for (Metric metric : ALL) {
        var difference = new Bootstrap(20, 0.9, trial).compare(first, second, metric).difference();
        assertThat(difference.estimate()).isBetween(difference.low(), difference.high());
      }
    }
  }

  @Test
  void intervalsHoldTheEstimateForManyLabelsADocument() {
    var random = new Random(4);
    var truth = IntStream.range(0, 1000)
        .mapToObj(_ -> random.ints(3, 0, 40).distinct().toArray())
        .toArray(int[][]::new);
    var predicted = IntStream.range(0, 1000)
        .mapToObj(row -> random.nextBoolean() ? truth[row] : random.ints(2, 0, 40).distinct().toArray())
        .toArray(int[][]::new);
    var intervals = Bootstrap.ofSeed(5).intervals(MultiLabelOutcomes.of(truth, predicted, 40), ALL);
    assertThat(intervals).hasSize(ALL.size());
    assertThat(intervals.values()).allSatisfy(
        interval -> assertThat(interval.estimate()).isStrictlyBetween(interval.low(), interval.high()));
  }

  @Test
  void betterModelIsSignificantlyBetterAndAModelIsNotBetterThanItself() {
    var weak = singleLabel(800, 6, 0.4, 6);
    var strong = singleLabel(800, 6, 0.2, 6);
    var comparison = Bootstrap.ofSeed(1).compare(weak, strong, Metric.MACRO_F1);
    assertThat(comparison.difference().estimate()).isEqualTo(comparison.second() - comparison.first());
    assertThat(comparison.difference().low()).isPositive();
    assertThat(comparison.pValue()).isLessThan(0.01);
    assertThat(Bootstrap.ofSeed(1).compare(weak, weak, Metric.MACRO_F1).pValue()).isEqualTo(1);
  }

  @Test
  void pValuesOfEqualModelsAreUniform() {
    long significant = IntStream.range(0, 200)
        .filter(trial -> {
          var first = singleLabel(150, 4, 0.3, 2 * trial, 9);
          var second = singleLabel(150, 4, 0.3, 2 * trial + 1, 9);
          return new Bootstrap(200, 0.95, trial).compare(first, second, Metric.ACCURACY).pValue() < 0.1;
        })
        .count();
    assertThat(significant).isBetween(8L, 36L);
  }

  @Test
  void differentDocumentsAreNotPaired() {
    var first = SingleLabelOutcomes.of(new int[] {0, 1}, new int[] {0, 1}, 2);
    var second = SingleLabelOutcomes.of(new int[] {0, 0}, new int[] {0, 1}, 2);
    assertThatThrownBy(() -> Bootstrap.ofSeed(1).compare(first, second, Metric.ACCURACY))
        .hasMessageStartingWith("document 1 has different true labels");
    assertThatThrownBy(() -> Bootstrap.ofSeed(1).compare(first, first.select(new int[] {0}), Metric.ACCURACY))
        .hasMessageStartingWith("2 documents against 1");
  }

  @Test
  void nothingToResampleIsAnError() {
    var none = SingleLabelOutcomes.of(new int[0], new int[0], 2);
    assertThatThrownBy(() -> Bootstrap.ofSeed(1).intervals(none, ALL)).hasMessageStartingWith("no documents");
    assertThatThrownBy(() -> new Bootstrap(100, 95, 1)).hasMessageContaining("between 0 and 1");
  }

  private static SingleLabelOutcomes singleLabel(int documents, int labels, double error, long seed) {
    return singleLabel(documents, labels, error, seed, seed);
  }

  private static SingleLabelOutcomes singleLabel(int documents, int labels, double error, long seed, long truthSeed) {
    var truth = new Random(truthSeed).ints(documents, 0, labels).toArray();
    var random = new Random(seed + 1);
    var predicted = IntStream.of(truth)
        .map(label -> random.nextDouble() < error ? (label + 1 + random.nextInt(labels - 1)) % labels : label)
        .toArray();
    return SingleLabelOutcomes.of(truth, predicted, labels);
  }
}
