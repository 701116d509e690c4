package crema.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import crema.base.Forest;
import crema.base.Keyed;
import java.util.BitSet;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

class ClassificationMetricsTest {

  private static final Offset<Double> EXACT = within(1e-12);
  private static final JsonNode GOLDEN = Golden.read("classification_metrics.json");

  @TestFactory
  Stream<DynamicTest> singleLabelValuesAreScikitLearns() {
    return golden("single", expected -> {
      var outcomes = single(expected);
      var metrics = assertCommon(outcomes, expected);
      var even = new BitSet();
      outcomes.averagedLabels().stream().filter(label -> label % 2 == 0).forEach(even::set);
      var evenLabels = Averages.over(outcomes.counts(), even);
      assertScore(evenLabels.macro(), expected.get("even_labels_macro"));
      assertScore(evenLabels.micro(), expected.get("even_labels_micro"));
      assertThat(metrics.averages().labels()).isEqualTo(outcomes.averagedLabels().cardinality());
      assertConfusion(ConfusionMatrix.of(outcomes), expected.get("confusion"));
    });
  }

  @TestFactory
  Stream<DynamicTest> multiLabelValuesAreScikitLearns() {
    return golden("multi", expected -> {
      var metrics = assertCommon(multi(expected), expected);
      assertScore(metrics.samples(), expected.get("samples"));
    });
  }

  @TestFactory
  Stream<DynamicTest> weightedValuesAreScikitLearns() {
    return Stream.concat(
        golden("weighted_single", expected -> assertCommon(weighted(single(expected), expected), expected)),
        golden("weighted_multi", expected -> {
          var metrics = assertCommon(weighted(multi(expected), expected), expected);
          assertScore(metrics.samples(), expected.get("samples"));
        }));
  }

  /** A new metric has no value here, which does not compile, until scikit-learn is asked for it. */
  private static double scikitLearns(Metric metric, JsonNode expected) {
    return switch (metric) {
      case ACCURACY -> expected.get("accuracy").doubleValue();
      case MICRO_F1 -> expected.get("micro").get(2).doubleValue();
      case MACRO_F1 -> expected.get("macro").get(2).doubleValue();
      case WEIGHTED_F1 -> expected.get("weighted").get(2).doubleValue();
      // A document with one label is right or wrong.
      case SAMPLES_F1 -> expected.has("samples") ? expected.get("samples").get(2).doubleValue()
          : expected.get("accuracy").doubleValue();
      case MACRO_PRECISION -> expected.get("macro").get(0).doubleValue();
      case MACRO_RECALL -> expected.get("macro").get(1).doubleValue();
    };
  }

  @ParameterizedTest
  @EnumSource(Metric.class)
  void everyMetricOfTheCatalogIsScikitLearnsWhereLabelsAreAbsentFromTheTest(Metric metric) {
    int withAbsentLabels = 0;
    for (String kind : List.of("single", "weighted_single", "multi", "weighted_multi")) {
      for (JsonNode expected : Golden.list(GOLDEN.get(kind))) {
        Outcomes outcomes = weighted(kind.endsWith("single") ? single(expected) : multi(expected), expected);
        var metrics = ClassificationMetrics.of(outcomes);
        assertThat(metric.of(metrics)).as("%s of %s", metric.key(), expected.get("name"))
            .isCloseTo(scikitLearns(metric, expected), EXACT);
        withAbsentLabels += metrics.perLabel().stream().anyMatch(label -> label.support() == 0) ? 1 : 0;
      }
    }
    assertThat(withAbsentLabels).isGreaterThan(8);
  }

  @Test
  void singleLabelOutcomesAreMultiLabelOutcomesWithOneLabelEach() {
    int[] truth = {0, 1, 2, 2, 1, 0};
    int[] predicted = {0, 2, 2, 1, 1, 0};
    var single = ClassificationMetrics.of(SingleLabelOutcomes.of(truth, predicted, 3));
    var multi = ClassificationMetrics.of(
        MultiLabelOutcomes.of(LabelSets.singletons(truth), LabelSets.singletons(predicted), 3));
    assertThat(single.averages()).isEqualTo(multi.averages());
    assertThat(single.samples()).isEqualTo(multi.samples());
    assertThat(single.perLabel()).isEqualTo(multi.perLabel());
    assertThat(single.accuracy()).isEqualTo(multi.accuracy());
  }

  @Test
  void noDocumentsScoreZero() {
    var metrics = ClassificationMetrics.of(SingleLabelOutcomes.of(new int[0], new int[0], 3));
    assertThat(metrics.accuracy()).isZero();
    assertThat(metrics.averages().macro()).isEqualTo(PrecisionRecall.ZERO);
    assertThat(metrics.samples()).isEqualTo(PrecisionRecall.ZERO);
  }

  @Test
  void orderOfLabelsInARowDoesNotMatter() {
    var ascending = MultiLabelOutcomes.of(new int[][] {{1, 3}}, new int[][] {{0, 3}}, 4);
    var shuffled = MultiLabelOutcomes.of(new int[][] {{3, 1}}, new int[][] {{3, 0}}, 4);
    assertThat(ClassificationMetrics.of(shuffled)).isEqualTo(ClassificationMetrics.of(ascending));
  }

  @Test
  void labelsOutOfRangeAreNamed() {
    assertThatThrownBy(() -> SingleLabelOutcomes.of(new int[] {0, 3}, new int[] {0, 0}, 3))
        .hasMessage("document 1 has the true label 3: labels run from 0 to 2");
    assertThatThrownBy(() -> SingleLabelOutcomes.of(new int[] {0}, new int[] {-2}, 3))
        .hasMessage("document 0 has the predicted label -2: labels run from -1 to 2");
    assertThatThrownBy(() -> SingleLabelOutcomes.of(new int[] {-1}, new int[] {0}, 3))
        .hasMessageContaining("true label -1");
    assertThatThrownBy(() -> MultiLabelOutcomes.of(new int[][] {{0}, {4}}, new int[][] {{}, {}}, 4))
        .hasMessage("document 1 has the label 4: labels run from 0 to 3");
    assertThatThrownBy(() -> MultiLabelOutcomes.of(new int[][] {{2, 1, 2}}, new int[][] {{}}, 4))
        .hasMessage("document 0 names the label 2 twice: name each once");
    assertThatThrownBy(() -> SingleLabelOutcomes.of(new int[2], new int[3], 3))
        .hasMessage("2 true labels but 3 predictions: give one of each a document");
  }

  @Test
  void metricKeysAreFoundAndMisspeltOnesListTheChoices() {
    assertThat(Keyed.find(Metric.class, "macro_f1", "metric")).isEqualTo(Metric.MACRO_F1);
    assertThatThrownBy(() -> Keyed.find(Metric.class, "macro-f1", "metric"))
        .hasMessageContaining("'macro-f1'")
        .hasMessageContaining("accuracy, micro_f1, macro_f1");
  }

  private static ClassificationMetrics assertCommon(Outcomes outcomes, JsonNode expected) {
    var metrics = ClassificationMetrics.of(outcomes);
    assertThat(metrics.documents()).isEqualTo(outcomes.documents());
    assertThat(metrics.accuracy()).isCloseTo(expected.get("accuracy").doubleValue(), EXACT);
    assertThat(metrics.hammingLoss()).isCloseTo(expected.get("hamming").doubleValue(), EXACT);
    assertScore(metrics.averages().micro(), expected.get("micro"));
    assertScore(metrics.averages().macro(), expected.get("macro"));
    assertScore(metrics.averages().weighted(), expected.get("weighted"));
    assertThat(metrics.perLabel()).hasSize(expected.get("labels").intValue());
    var perLabel = expected.get("per_label");
    if (perLabel == null) {
      return metrics;
    }
    for (var label : metrics.perLabel()) {
      assertScore(label.score(), perLabel.get("scores").get(label.label()));
      assertThat(label.support()).isEqualTo(perLabel.get("support").get(label.label()).longValue());
    }
    return metrics;
  }

  private static void assertScore(PrecisionRecall actual, JsonNode expected) {
    assertThat(new double[] {actual.precision(), actual.recall(), actual.f1()})
        .containsExactly(Golden.doubles(expected), EXACT);
  }

  private static void assertConfusion(ConfusionMatrix actual, JsonNode expected) {
    var rows = Golden.intRows(expected);
    for (int truth = 0; truth < rows.length; truth++) {
      for (int predicted = 0; predicted < rows.length; predicted++) {
        assertThat(actual.count(truth, predicted)).isEqualTo(rows[truth][predicted]);
      }
    }
  }

  private static SingleLabelOutcomes single(JsonNode expected) {
    return SingleLabelOutcomes.of(
        Golden.ints(expected.get("truth")),
        Golden.ints(expected.get("predicted")),
        expected.get("labels").intValue());
  }

  private static MultiLabelOutcomes multi(JsonNode expected) {
    return MultiLabelOutcomes.of(
        Golden.intRows(expected.get("truth")),
        Golden.intRows(expected.get("predicted")),
        expected.get("labels").intValue());
  }

  private static Outcomes weighted(Outcomes outcomes, JsonNode expected) {
    return expected.has("weights") ? outcomes.weighted(Golden.doubles(expected.get("weights"))) : outcomes;
  }

  private static Stream<DynamicTest> golden(String kind, Consumer<JsonNode> check) {
    return Golden.list(GOLDEN.get(kind)).stream()
        .map(expected -> DynamicTest.dynamicTest(expected.get("name").stringValue(), () -> check.accept(expected)));
  }

  @Test
  void aDocumentOfWeightTwoCountsAsTwo() {
    int[] truth = {0, 1, 2, 2, 1, 0};
    int[] predicted = {0, 2, 2, 1, SingleLabelOutcomes.NONE, 0};
    int[] repeated = {0, 1, 1, 2, 3, 3, 3, 4, 5};
    double[] weights = {1, 2, 1, 3, 1, 1};
    var single = SingleLabelOutcomes.of(truth, predicted, 3);
    var sets = MultiLabelOutcomes.of(new int[][] {{0, 1}, {1}, {}, {2, 0}, {1}, {0}},
        new int[][] {{0}, {1, 2}, {}, {2, 0}, {}, {1}}, 3);
    for (Outcomes outcomes : new Outcomes[] {single, sets}) {
      var weighted = ClassificationMetrics.of(outcomes.weighted(weights));
      var copies = ClassificationMetrics.of(outcomes.select(repeated));
      assertThat(weighted.documents()).isEqualTo(6);
      assertThat(weighted.accuracy()).isCloseTo(copies.accuracy(), EXACT);
      assertThat(weighted.hammingLoss()).isCloseTo(copies.hammingLoss(), EXACT);
      assertThat(weighted.samples().f1()).isCloseTo(copies.samples().f1(), EXACT);
      assertThat(weighted.averages().micro().f1()).isCloseTo(copies.averages().micro().f1(), EXACT);
      assertThat(weighted.averages().macro().f1()).isCloseTo(copies.averages().macro().f1(), EXACT);
      assertThat(weighted.averages().weighted().f1()).isCloseTo(copies.averages().weighted().f1(), EXACT);
      assertThat(weighted.accuracy()).isNotCloseTo(ClassificationMetrics.of(outcomes).accuracy(), EXACT);
    }
  }

  @Test
  void weightsGoWithSelectedDocumentsAndUpTheTree() {
    var outcomes = SingleLabelOutcomes.of(new int[] {0, 1}, new int[] {0, 0}, 2).weighted(new double[] {1, 3});
    assertThat(outcomes.select(new int[] {1, 0}).weight(0)).isEqualTo(3);
    assertThat(Hierarchy.withAncestors(Forest.flat(2), outcomes).weight(1)).isEqualTo(3);
    assertThat(Hierarchy.atLevel(Forest.flat(2), outcomes, 1).weight(1)).isEqualTo(3);
  }

  @Test
  void badWeightsAreRefused() {
    var outcomes = SingleLabelOutcomes.of(new int[] {0, 1}, new int[] {0, 0}, 2);
    assertThatThrownBy(() -> outcomes.weighted(new double[] {1}))
        .hasMessage("1 weights for 2 documents: give one a document");
    for (double bad : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatThrownBy(() -> outcomes.weighted(new double[] {1, bad})).hasMessageContaining("must be above 0");
    }
  }
}
