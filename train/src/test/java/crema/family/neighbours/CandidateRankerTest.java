package crema.family.neighbours;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import crema.base.WorkerPool;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CandidateRankerTest {
  private static final int TEXTS = 4000;
  private static final CandidateRanker.Examples NONE = new CandidateRanker.Examples(List.of(), List.of(), List.of());

  private static CandidateRanker.Examples examples(List<Candidates> candidates, List<int[]> truth) {
    return new CandidateRanker.Examples(candidates, truth, Collections.nCopies(truth.size(), 1.0));
  }

  private static Candidates candidates(double... cosines) {
    var features = new float[cosines.length * CandidateFeature.COUNT];
    var categories = new int[cosines.length];
    for (int i = 0; i < cosines.length; i++) {
      categories[i] = i;
      features[i * CandidateFeature.COUNT + CandidateFeature.CATEGORY.ordinal()] = (float) cosines[i];
      features[i * CandidateFeature.COUNT + CandidateFeature.IS_TRAINED.ordinal()] = 1;
    }
    return new Candidates(categories, features);
  }

  /** Texts whose category is drawn by the softmax of the slope times the cosines. */
  private static CandidateRanker.Examples drawn(double slope, boolean isExclusive) {
    var random = new Random(3);
    var all = new ArrayList<Candidates>();
    var truth = new ArrayList<int[]>();
    for (int text = 0; text < TEXTS; text++) {
      double[] cosines = {random.nextDouble(), random.nextDouble(), random.nextDouble()};
      all.add(candidates(cosines));
      if (isExclusive) {
        double sum = 0;
        for (double cosine : cosines) {
          sum += Math.exp(slope * cosine);
        }
        double left = random.nextDouble() * sum;
        int category = 0;
        while (category < 2 && (left -= Math.exp(slope * cosines[category])) > 0) {
          category++;
        }
        truth.add(new int[] {category});
      } else {
        truth.add(IntStream.range(0, 3)
            .filter(i -> random.nextDouble() < 1 / (1 + Math.exp(2 - slope * cosines[i]))).toArray());
      }
    }
    return examples(all, truth);
  }

  private static CandidateRanker fit(CandidateRanker.Examples examples, boolean isExclusive, int threads) {
    try (var pool = new WorkerPool(threads)) {
      return CandidateRanker.fit(examples, NONE, isExclusive, pool);
    }
  }

  @Test
  void theWeightsThatCategoriesWereDrawnByAreFound() {
    CandidateRanker ranker = fit(drawn(5, true), true, 1);
    assertThat(ranker.weights()[CandidateFeature.CATEGORY.ordinal()]).isCloseTo(5, within(0.4));
    double[] probabilities = ranker.probabilities(candidates(0.9, 0.5, 0.1));
    double expected = Math.exp(4.5) / (Math.exp(4.5) + Math.exp(2.5) + Math.exp(0.5));
    assertThat(probabilities[0]).isCloseTo(expected, within(0.03));
    assertThat(probabilities[0] + probabilities[1] + probabilities[2]).isCloseTo(1 - ranker.missed(), within(1e-12));
  }

  @Test
  void ofTextsWithSeveralCategoriesEachIsDecidedOn() {
    CandidateRanker ranker = fit(drawn(5, false), false, 1);
    assertThat(ranker.weights()[CandidateFeature.CATEGORY.ordinal()]).isCloseTo(5, within(0.4));
    assertThat(ranker.weights()[CandidateFeature.IS_TRAINED.ordinal()]).isCloseTo(-2, within(0.3));
    assertThat(ranker.probabilities(candidates(0.4))[0]).isCloseTo(0.5, within(0.05));
  }

  @Test
  void aTextOfWeightTwoCountsAsTwo() {
    CandidateRanker.Examples once = drawn(5, true);
    var candidates = new ArrayList<>(once.candidates());
    var truth = new ArrayList<>(once.truth());
    var weights = new ArrayList<Double>();
    for (int text = 0; text < TEXTS; text++) {
      weights.add(text % 4 == 0 ? 2.0 : text % 4 == 1 ? 0.0 : 1.0);
      if (text % 4 == 0) {
        candidates.add(once.candidates().get(text));
        truth.add(once.truth().get(text));
      }
    }
    int dropped = 0;
    for (int text = 0; text < TEXTS; text++) {
      if (text % 4 == 1) {
        candidates.remove(text - dropped);
        truth.remove(text - dropped++);
      }
    }
    double[] weighted =
        fit(new CandidateRanker.Examples(once.candidates(), once.truth(), weights), true, 1).weights();
    double[] repeated = fit(examples(candidates, truth), true, 1).weights();
    assertThat(weighted[CandidateFeature.CATEGORY.ordinal()])
        .isCloseTo(repeated[CandidateFeature.CATEGORY.ordinal()], within(0.02));
  }

  @Test
  void itIsTheSameForAnyNumberOfThreads() {
    CandidateRanker.Examples examples = drawn(3, true);
    assertThat(fit(examples, true, 2).weights()).isEqualTo(fit(examples, true, 1).weights());
  }

  @Test
  void categoriesThatAreNoCandidatesAreMissed() {
    var examples = examples(List.of(candidates(0.5, 0.1), candidates(0.5, 0.1)), List.of(new int[] {0}, new int[] {7}));
    assertThat(fit(examples, true, 1).missed()).isCloseTo(0.5, within(1e-12));
  }

  @Test
  void addedCategoriesHaveWeightsOfTheirOwn() {
    var added = new ArrayList<Candidates>();
    var truth = new ArrayList<int[]>();
    for (int text = 0; text < 400; text++) {
      Candidates known = candidates(0.9, 0.2);
      // The second was added: its name is near where it is the truth.
      for (CandidateFeature feature : CandidateFeature.values()) {
        known.features()[CandidateFeature.COUNT + feature.ordinal()] = 0;
      }
      known.features()[CandidateFeature.COUNT + CandidateFeature.ADDED_NAME.ordinal()] = text % 2;
      known.features()[CandidateFeature.COUNT + CandidateFeature.IS_ADDED.ordinal()] = 1;
      added.add(known);
      truth.add(new int[] {text % 2});
    }
    CandidateRanker before = fit(drawn(5, true), true, 1);
    try (var pool = new WorkerPool(1)) {
      CandidateRanker ranker =
          CandidateRanker.fit(drawn(5, true), examples(added, truth), true, pool);
      assertThat(ranker.weights()[CandidateFeature.CATEGORY.ordinal()])
          .isEqualTo(before.weights()[CandidateFeature.CATEGORY.ordinal()]);
      assertThat(ranker.probabilities(added.get(1))[1]).isGreaterThan(0.9);
      assertThat(ranker.probabilities(added.get(0))[1]).isLessThan(0.1);
    }
  }
}
