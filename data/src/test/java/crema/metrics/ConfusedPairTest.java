package crema.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ConfusedPairTest {

  @Test
  void mostFrequentComeFirstWithTheirShareOfTheTrueLabel() {
    int[] truth = {0, 0, 0, 0, 1, 1, 2, 2};
    int[] predicted = {1, 1, 2, 0, 0, 1, 2, SingleLabelOutcomes.NONE};
    assertThat(ConfusedPair.mostFrequent(SingleLabelOutcomes.of(truth, predicted, 3), 10))
        .containsExactly(
            new ConfusedPair(0, 1, 2, 0.5), new ConfusedPair(1, 0, 1, 0.5), new ConfusedPair(0, 2, 1, 0.25));
  }

  @Test
  void limitKeepsTheFirst() {
    assertThat(ConfusedPair.mostFrequent(SingleLabelOutcomes.of(new int[] {0, 1}, new int[] {1, 0}, 2), 1))
        .containsExactly(new ConfusedPair(0, 1, 1, 1));
  }

  @Test
  void ofSeveralLabelsOnlyMissedAndWrongOnesPair() {
    var outcomes = MultiLabelOutcomes.of(
        new int[][] {{0, 1}, {2}, {3}}, new int[][] {{1, 2, 3}, {2}, {}}, 4);
    assertThat(ConfusedPair.mostFrequent(outcomes, 10))
        .containsExactly(new ConfusedPair(0, 2, 1, 1), new ConfusedPair(0, 3, 1, 1));
  }
}
