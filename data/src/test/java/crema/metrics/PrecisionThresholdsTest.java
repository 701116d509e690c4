package crema.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import crema.base.Forest;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PrecisionThresholdsTest {
  private static final int LABELS = 8;

  /** Answers whose probability is what it says, but of the last label, which is right half as often. */
  private static HeldOutAnswers answers(int rows, long seed) {
    var random = new Random(seed);
    var builder = new HeldOutAnswers.Builder();
    for (int row = 0; row < rows; row++) {
      int label = random.nextInt(LABELS);
      float confidence = (float) Math.sqrt(random.nextDouble());
      builder.row(confidence).answer(label, confidence,
          random.nextDouble() < (label == LABELS - 1 ? confidence / 2 : confidence));
    }
    return builder.build();
  }

  /** The share of right ones among the answers that are given, and how many are. */
  private static double[] reached(HeldOutAnswers answers, float[] thresholds) {
    double right = 0;
    double given = 0;
    for (int answer = 0; answer < answers.size(); answer++) {
      if (answers.confidence(answer) >= thresholds[answers.label(answer)]) {
        given++;
        right += answers.isRight(answer) ? 1 : 0;
      }
    }
    return new double[] {right / given, given / answers.size()};
  }

  @Test
  void answersReachThePrecisionOnOtherRowsWithoutGivingMuchAway() {
    var others = answers(50_000, 99);
    for (double wanted : new double[] {0.7, 0.8, 0.9}) {
      int missed = 0;
      for (int seed = 0; seed < 20; seed++) {
        PrecisionThresholds found = PrecisionThresholds.of(answers(3000, seed), Forest.flat(LABELS), wanted);
        assertThat(found.isReached()).isTrue();
        double[] reached = reached(others, found.values());
        assertThat(reached[0]).isBetween(wanted - 0.02, wanted + 0.05);
        missed += reached[0] < wanted ? 1 : 0;
        assertThat(found.share()).isCloseTo(reached[1], within(0.04));
        // The label that boasts is held back.
        assertThat(found.values()[LABELS - 1]).isGreaterThan(found.values()[0]);
      }
      assertThat(missed).isLessThanOrEqualTo(8);
    }
  }

  @Test
  void aPrecisionThatCannotBeReachedTellsHowFarOneGets() {
    PrecisionThresholds found = PrecisionThresholds.of(answers(300, 1), Forest.flat(LABELS), 0.999);
    assertThat(found.isReached()).isFalse();
    assertThat(found.precision()).isBetween(0.8, 0.999);
    assertThat(found.share()).isBetween(0.0, 0.6);
  }

  @Test
  void aLabelWithFewRowsIsTakenForOneLikeTheOthers() {
    var builder = new HeldOutAnswers.Builder();
    for (int row = 0; row < 2000; row++) {
      float confidence = row % 100 / 100f;
      // From 0.5 on all are right, below none; of label 1 there is one answer, a right one with little confidence.
      builder.row(confidence).answer(0, confidence, confidence >= 0.5);
    }
    builder.row(0.1f).answer(1, 0.1f, true);
    float[] values = PrecisionThresholds.of(builder.build(), Forest.flat(3), 0.95).values();
    assertThat(values[0]).isBetween(0.4f, 0.5f);
    assertThat(values[1]).isBetween(0.4f, 0.5f);
    assertThat(values[2]).isBetween(0.4f, 0.5f);
  }

  @Test
  void ofATaxonomyTheDeepestNodeThatIsSureEnoughIsTheAnswer() {
    // 0 and 1 are roots, 2 and 3 below 0, 4 and 5 below 1: roots are always right, leaves as often as they say.
    var tree = new Forest(-1, -1, 0, 0, 1, 1);
    var random = new Random(3);
    var builder = new HeldOutAnswers.Builder();
    for (int row = 0; row < 4000; row++) {
      int leaf = 2 + random.nextInt(4);
      float confidence = random.nextFloat();
      builder.row(confidence).answer(leaf / 4, 0.99f, true)
          .answer(leaf, confidence, random.nextDouble() < confidence);
    }
    PrecisionThresholds found = PrecisionThresholds.of(builder.build(), tree, 0.9);
    assertThat(found.isReached()).isTrue();
    assertThat(found.values()).hasSize(2);
    assertThat(found.values()[0]).isZero();
    assertThat(found.values()[1]).isBetween(0.7f, 0.9f);
    assertThat(found.share()).isEqualTo(1);
  }

  @Test
  void setsHaveTheTrueLabelAsOftenAsAskedFor() {
    var builder = new HeldOutAnswers.Builder();
    for (int row = 0; row < 99; row++) {
      builder.row(row / 99f);
    }
    HeldOutAnswers answers = builder.build();
    // Of 100 rows with the next one, five may be below.
    assertThat(answers.threshold(0.95)).isEqualTo(4 / 99f);
    assertThat(answers.threshold(0)).isEqualTo(98 / 99f);
    assertThat(answers.canCover(0.99)).isTrue();
    assertThat(answers.canCover(0.995)).isFalse();
  }
}
