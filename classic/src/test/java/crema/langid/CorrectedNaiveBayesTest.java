package crema.langid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class CorrectedNaiveBayesTest {
  /** Weights are multiples of 0.1. */
  private static final Offset<Float> ROUNDING = within(0.05f);

  @Test
  void weightsStartAsThoseOfNaiveBayes() {
    var examples = new ArrayList<>(Collections.nCopies(99, new Example(0, new int[] {0})));
    examples.add(new Example(0, new int[] {0, 1}));
    examples.add(new Example(1, new int[] {1, 2}));
    var index = new FeatureIndex(new int[] {10, 20, 30});
    LanguageModel model = new CorrectedNaiveBayes(FeatureCounts.of(3, examples), 3, new int[] {100, 1})
        .rounded(List.of("x", "y"), CommonLanguages.NONE, index);
    double smoothing = 0.03;
    double temperature = 0.12;
    double often = temperature * Math.log((100 + smoothing) / (101 + 3 * smoothing));
    double once = temperature * Math.log((1 + smoothing) / (2 + 3 * smoothing));
    double never = temperature * Math.log(smoothing / (101 + 3 * smoothing));
    assertThat(model.bias(0)).isEqualTo((float) Math.log(100));
    assertThat(model.absentWeight(0)).isEqualTo((float) never);
    assertThat(model.absentWeight(0) + model.scale() * model.weight(0)).isCloseTo((float) often, ROUNDING);
    assertThat(model.absentWeight(1) + model.scale() * model.weight(2)).isCloseTo((float) once, ROUNDING);
  }

  @Test
  void thePriorIsThatOfTheCommonLanguages() {
    var examples = List.of(new Example(0, new int[] {0}), new Example(1, new int[] {0}));
    var index = new FeatureIndex(new int[] {10});
    LanguageModel model = new CorrectedNaiveBayes(FeatureCounts.of(1, examples), 1, new int[] {1, 1})
        .rounded(List.of("x", "y"), new CommonLanguages(List.of("y", "z"), 8), index);
    double[] logits = model.logits(new int[] {0});
    assertThat(logits[1] - logits[0]).isCloseTo(Math.log(8), within(1e-6));
    double[] withoutPrior = model.withoutPrior().logits(new int[] {0});
    assertThat(withoutPrior[1]).isEqualTo(withoutPrior[0]);
  }

  /** Features 1 to 9 are in no other sentence and give it away, if its own counts are not left out. */
  @Test
  void aSentenceIsScoredWithoutItsOwnCounts() {
    var examples = new ArrayList<>(Collections.nCopies(10, new Example(0, new int[] {0})));
    var rare = new Example(1, new int[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
    examples.add(rare);
    var index = new FeatureIndex(rare.features());
    var model = new CorrectedNaiveBayes(FeatureCounts.of(index.size(), examples), index.size(), new int[] {10, 1});
    assertThat(best(model.rounded(List.of("x", "y"), CommonLanguages.NONE, index), rare.features())).isEqualTo("y");
    var errors = new float[2];
    model.errors(rare, errors);
    assertThat(errors[0]).isBetween(-1f, -0.5f);
    assertThat(errors[1]).isBetween(0.5f, 1f);
  }

  /**
   * Sentences of the features 0 to 5 are more often of x than of y. But the other sentences of x are long, so that
   * these are a smaller share of its features, and naive Bayes takes such a sentence for one of y.
   */
  @Test
  void mistakesAreCorrected() {
    int[] features = IntStream.range(0, 27).toArray();
    int[] some = Arrays.copyOf(features, 6);
    var ofX = new Example(0, some);
    var examples = new ArrayList<>(Collections.nCopies(500, ofX));
    examples.addAll(Collections.nCopies(500, new Example(0, Arrays.copyOfRange(features, 6, 26))));
    examples.addAll(Collections.nCopies(100, new Example(1, some)));
    examples.addAll(Collections.nCopies(900, new Example(1, new int[] {26})));
    var model = new CorrectedNaiveBayes(FeatureCounts.of(features.length, examples), features.length,
        new int[] {1000, 1000});
    assertThat(error(model, ofX)).isGreaterThan(0.5f);
    model.correct(examples);
    assertThat(error(model, ofX)).isLessThan(0.3f);
    var index = new FeatureIndex(features);
    assertThat(best(model.rounded(List.of("x", "y"), CommonLanguages.NONE, index), some)).isEqualTo("x");
  }

  private static float error(CorrectedNaiveBayes model, Example example) {
    var errors = new float[2];
    model.errors(example, errors);
    return errors[example.language()];
  }

  private static String best(LanguageModel model, int[] features) {
    double[] logits = model.logits(features);
    return model.languages().get(logits[0] >= logits[1] ? 0 : 1);
  }
}
