package crema.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LabelOffsetsTest {
  private static double macroF1(ScoreMatrix scores, int[] truth) {
    int[][] documents = Arrays.stream(truth).mapToObj(label -> new int[] {label}).toArray(int[][]::new);
    int[][] answers = Arrays.stream(scores.best()).mapToObj(label -> new int[] {label}).toArray(int[][]::new);
    return ClassificationMetrics.of(SingleLabelOutcomes.of(documents, answers, scores.labels())).averages().macro()
        .f1();
  }

  @Test
  void aRareLabelThatComesSecondComesToItsRight() {
    var scores = ScoreMatrix.of(new float[][] {{3, 0}, {3, 0}, {3, 0}, {3, 0}, {3, 0}, {3, 1}, {3, 2}, {3, 2}, {3, 2}});
    int[] truth = {0, 0, 0, 0, 0, 0, 1, 1, 1};
    LabelOffsets offsets = LabelOffsets.fitMacroF1(scores, truth);
    assertThat(offsets.addedTo(scores).best()).containsExactly(truth);
    assertThat(offsets.value(1)).as("between 1 and 2").isEqualTo(1.5f);
    assertThat(offsets.value(0)).isZero();
  }

  @Test
  void whatIsRightStaysAsItIs() {
    var scores = ScoreMatrix.of(new float[][] {{1, 0}, {1, 0}, {1, 0}, {0, 1}, {0, 1}, {0, 1}});
    assertThat(LabelOffsets.fitMacroF1(scores, new int[] {0, 0, 0, 1, 1, 1})).isEqualTo(LabelOffsets.none(2));
  }

  @Test
  void aLabelOfTooFewDocumentsKeepsItsScore() {
    var scores = ScoreMatrix.of(new float[][] {{3, 0, 0}, {3, 0, 0}, {3, 0, 0}, {3, 2, 0}, {3, 2, 0}});
    LabelOffsets offsets = LabelOffsets.fitMacroF1(scores, new int[] {0, 0, 0, 1, 1});
    assertThat(offsets.value(1)).isZero();
    assertThat(offsets.value(2)).isZero();
    assertThat(offsets.value(0)).as("what the others get improves the precision of this one").isNegative();
  }

  /** Nothing that one offset alone could still improve is left, by another way of counting. */
  @Test
  void noSingleOffsetImprovesWhatWasFound() {
    for (int seed = 0; seed < 20; seed++) {
      var random = new Random(seed);
      int labels = 4;
      var truth = new int[60];
      var rows = new float[truth.length][labels];
      for (int row = 0; row < rows.length; row++) {
        truth[row] = row < 3 * labels ? row % labels : Math.min(random.nextInt(labels), random.nextInt(labels));
        for (int label = 0; label < labels; label++) {
          rows[row][label] = (float) random.nextGaussian() + (label == truth[row] ? 1 : 0) - label * 0.5f;
        }
      }
      var scores = ScoreMatrix.of(rows);
      LabelOffsets found = LabelOffsets.fitMacroF1(scores, truth);
      double best = macroF1(found.addedTo(scores), truth);
      assertThat(best).isGreaterThanOrEqualTo(macroF1(scores, truth));
      for (int label = 0; label < labels; label++) {
        for (float other = -4; other < 4; other += 0.05f) {
          var changed = new float[labels];
          for (int i = 0; i < labels; i++) {
            changed[i] = i == label ? other : found.value(i);
          }
          assertThat(macroF1(LabelOffsets.of(changed).addedTo(scores), truth)).isLessThanOrEqualTo(best + 1e-9);
        }
      }
    }
  }

  @Test
  void offsetsOfOtherLabelsDoNotFit() {
    var scores = ScoreMatrix.of(new float[][] {{1, 0, 1}});
    var offsets = LabelOffsets.of(new float[] {1, 0});
    assertThatThrownBy(() -> offsets.addedTo(scores)).isInstanceOf(IllegalArgumentException.class)
        .hasMessage("offsets for 2 labels do not fit scores of 3");
  }
}
