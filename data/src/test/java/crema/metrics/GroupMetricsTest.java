package crema.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import crema.base.Forest;
import crema.metrics.FrequencyBands.Band;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class GroupMetricsTest {

  private static final Offset<Double> EXACT = within(1e-12);
  private static final SingleLabelOutcomes OUTCOMES =
      SingleLabelOutcomes.of(new int[] {0, 1, 2, 0, 1, 2}, new int[] {0, 1, 1, 0, 0, 2}, 5);

  @Test
  void groupsAreThoseDocumentsAloneLargestFirst() {
    var groups = GroupMetrics.by(OUTCOMES, List.of("ru", "en", "en", "en", "fr", "ru"), 2, 10);
    assertThat(groups).extracting(GroupMetrics::group).containsExactly("en", "ru");
    assertThat(groups.getFirst().metrics())
        .isEqualTo(ClassificationMetrics.of(OUTCOMES.select(new int[] {1, 2, 3})));
    assertThat(GroupMetrics.by(OUTCOMES, List.of("ru", "en", "en", "en", "fr", "ru"), 1, 1)).hasSize(1);
  }

  @Test
  void labelsThatDoNotOccurInAGroupDoNotLowerItsAverage() {
    var rows = new int[][] {{0}, {0, 1}, {2}};
    var groups = GroupMetrics.by(MultiLabelOutcomes.of(rows, rows, 10), List.of("a", "a", "b"), 1, 10);
    assertThat(groups).allSatisfy(group -> assertThat(Metric.MACRO_F1.of(group.metrics())).isEqualTo(1));
  }

  @Test
  void groupsByNumberOfLabelsAscend() {
    var outcomes = MultiLabelOutcomes.of(new int[][] {{0, 1}, {2}, {}, {1}}, new int[][] {{0}, {2}, {}, {1}}, 3);
    var groups = GroupMetrics.byLabelsPerDocument(outcomes);
    assertThat(groups).extracting(GroupMetrics::group).containsExactly("0", "1", "2");
    assertThat(groups).extracting(group -> group.metrics().accuracy()).containsExactly(1.0, 1.0, 0.0);
  }

  @Test
  void bandsAverageOverTheirLabels() {
    var outcomes = MultiLabelOutcomes.of(
        new int[][] {{0, 1}, {2}, {3}, {0}}, new int[][] {{0}, {2}, {0}, {0, 3}}, 4);
    var bands = FrequencyBands.DEFAULT.averages(outcomes, new long[] {35, 9, 34, 8});
    assertThat(bands.keySet()).containsExactly(Band.HEAD, Band.MEDIUM, Band.TAIL);
    assertThat(bands.get(Band.HEAD).macro()).isEqualTo(PrecisionRecall.of(2, 3, 2));
    assertThat(bands.get(Band.MEDIUM).labels()).isEqualTo(2);
    assertThat(bands.get(Band.MEDIUM).macro().f1()).isEqualTo(0.5);
    assertThat(bands.get(Band.TAIL).micro()).isEqualTo(PrecisionRecall.of(0, 1, 1));
  }

  @Test
  void overlappingBandsAreRefused() {
    assertThatThrownBy(() -> new FrequencyBands(8, 8)).hasMessageContaining("the tail must end below");
  }

  @Test
  void hierarchicalScoresAreThoseOfTheSetsOfAncestors() {
    var expected = Golden.read("score_metrics.json").get("hierarchy");
    var labels = new Forest(Golden.ints(expected.get("parents")));
    var score = ClassificationMetrics.of(Hierarchy.withAncestors(labels, outcomes(expected))).averages().micro();
    assertScore(score, expected.get("hierarchical"));
  }

  @Test
  void levelsAreScoredByTheAncestorsThere() {
    var expected = Golden.read("score_metrics.json").get("hierarchy");
    var labels = new Forest(Golden.ints(expected.get("parents")));
    var levels = GroupMetrics.perLevel(outcomes(expected), labels);
    assertThat(levels).extracting(GroupMetrics::group).containsExactly("Level 1", "Level 2", "Level 3");
    for (int level = 0; level < levels.size(); level++) {
      var ofLevel = expected.get("levels").get(level);
      var metrics = levels.get(level).metrics();
      assertThat(metrics.documents()).isEqualTo(ofLevel.get("documents").longValue());
      assertThat(metrics.accuracy()).isCloseTo(ofLevel.get("accuracy").doubleValue(), EXACT);
      assertScore(metrics.averages().macro(), ofLevel.get("macro"));
      assertScore(metrics.averages().weighted(), ofLevel.get("weighted"));
    }
  }

  @Test
  void severalLabelsADocumentMeetAtTheirCommonAncestor() {
    var labels = new Forest(-1, 0, 0, -1);
    var outcomes = MultiLabelOutcomes.of(new int[][] {{1, 2}, {3}}, new int[][] {{0, 1}, {2}}, 4);
    var roots = Hierarchy.atLevel(labels, outcomes, 1);
    assertThat(roots.labelCount()).isEqualTo(2);
    assertThat(roots.truth(0)).containsExactly(0);
    assertThat(roots.predicted(0)).containsExactly(0);
    assertThat(roots.truth(1)).containsExactly(1);
    assertThat(Hierarchy.atLevel(labels, outcomes, 2).documents()).isEqualTo(1);
  }

  @Test
  void consistentPathsAreCounted() {
    var labels = new Forest(-1, -1, 0, 1);
    assertThat(Hierarchy.pathConsistency(labels, new int[][] {{0, 1, 0}, {2, 3, 3}})).isCloseTo(2 / 3.0, EXACT);
  }

  @Test
  void outcomesOfOtherLabelsAreRefused() {
    assertThatThrownBy(() -> Hierarchy.withAncestors(new Forest(-1), OUTCOMES))
        .hasMessage("outcomes of 5 labels do not fit a forest of 1");
  }

  private static SingleLabelOutcomes outcomes(JsonNode expected) {
    return SingleLabelOutcomes.of(
        Golden.ints(expected.get("truth")), Golden.ints(expected.get("predicted")), expected.get("parents").size());
  }

  private static void assertScore(PrecisionRecall actual, JsonNode expected) {
    assertThat(new double[] {actual.precision(), actual.recall(), actual.f1()})
        .containsExactly(Golden.doubles(expected), EXACT);
  }
}
