package crema.family.neighbours;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import crema.linear.SparseMatrix;
import java.util.List;
import org.junit.jupiter.api.Test;

class TermScorerTest {
  private static final int TERMS = 5;

  /** Texts with the terms 0 and 1, 1, 1 and 3, 4; of the categories 0, 0, both, 2. */
  private static final SparseMatrix TEXTS = new SparseMatrix(TERMS, new int[] {0, 2, 3, 5, 6},
      new int[] {0, 1, 1, 1, 3, 4}, new float[] {0.6f, 0.8f, 1, 0.8f, 0.6f, 1});
  private static final ItemLabels LABELS =
      ItemLabels.of(List.of(new int[] {0}, new int[] {0}, new int[] {0, 1}, new int[] {2}));
  private static final double[] WEIGHTS = {1, 1, 2, 1};

  private static TermSums sums() {
    return TermSums.of(TEXTS, new int[] {0, 1, 2, 3}, LABELS, WEIGHTS, 4);
  }

  @Test
  void aCategoryHasTheSumsOfItsTextsByTheirWeights() {
    TermSums sums = sums();
    assertThat(sums.starts()).containsExactly(0, 3, 5, 6, 6);
    assertThat(sums.terms()).containsExactly(0, 1, 3, 1, 3, 4);
    assertThat(sums.sums()).containsExactly(new float[] {0.6f, 3.4f, 1.2f, 1.6f, 1.2f, 1}, within(1e-6f));
    assertThat(sums.isValid(TERMS)).isTrue();
    assertThat(sums.isValid(4)).isFalse();
    TermSums some = TermSums.of(TEXTS, new int[] {3}, ItemLabels.of(List.of(new int[] {0})), new double[] {1}, 1);
    TermSums all = sums.first(2).and(some);
    assertThat(all.starts()).containsExactly(0, 3, 5, 6);
    assertThat(all.terms()).containsExactly(0, 1, 3, 1, 3, 4);
    assertThat(all.isValid(TERMS)).isTrue();
  }

  @Test
  void sumsThatAreDamagedAreNotValid() {
    assertThat(new TermSums(new int[] {0, 2}, new int[] {1, 1}, new float[] {1, 1}).isValid(TERMS)).isFalse();
    assertThat(new TermSums(new int[] {0, 2}, new int[] {1, 2}, new float[] {1, Float.NaN}).isValid(TERMS)).isFalse();
    assertThat(new TermSums(new int[] {0, 3}, new int[] {1, 2}, new float[] {1, 1}).isValid(TERMS)).isFalse();
    assertThat(new TermSums(new int[] {0, 2, 1, 2}, new int[] {1, 2}, new float[] {1, 1}).isValid(TERMS)).isFalse();
    assertThat(TermSums.none(3).isValid(TERMS)).isTrue();
  }

  @Test
  void cosinesAndLikelihoodsAreThoseOfTheFormulas() {
    TermSums sums = sums();
    TermScorer.Scores scores = new TermScorer(sums, TERMS).of(TEXTS, 2);
    double smoothing = 0.002;
    for (int category = 0; category < 4; category++) {
      double product = 0;
      double squares = 0;
      double total = 0;
      var of = new double[TERMS];
      for (int at = sums.starts()[category]; at < sums.starts()[category + 1]; at++) {
        of[sums.terms()[at]] = sums.sums()[at];
      }
      double likelihood = 0;
      for (double each : of) {
        squares += each * each;
        total += each;
      }
      for (int at = TEXTS.start(2); at < TEXTS.end(2); at++) {
        product += TEXTS.value(at) * of[TEXTS.column(at)];
        likelihood += TEXTS.value(at)
            * Math.log((of[TEXTS.column(at)] + smoothing) / (total + smoothing * TERMS));
      }
      assertThat(scores.cosines()[category]).isCloseTo(squares == 0 ? 0 : product / Math.sqrt(squares), within(1e-6));
      assertThat(scores.likelihoods()[category]).isCloseTo(likelihood, within(1e-5));
    }
    assertThat(scores.nearest(4)).containsExactly(1, 0);
    assertThat(scores.nearest(1)).containsExactly(1);
  }
}
