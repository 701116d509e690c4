package crema.nn.langid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class CorrectedNaiveBayesTest {
  @Test
  void weightsStartAsThoseOfNaiveBayes() {
    var examples = List.of(
        new Example(0, new int[] {0, 1}), new Example(0, new int[] {0}), new Example(1, new int[] {1, 2}));
    var index = new FeatureIndex(new int[] {10, 20, 30});
    LanguageModel model = new CorrectedNaiveBayes(FeatureCounts.of(3, examples), 3, new int[] {2, 1})
        .rounded(List.of("x", "y"), index);
    double smoothing = 0.03;
    double temperature = 0.15;
    double twice = temperature * Math.log((2 + smoothing) / (3 + 3 * smoothing));
    double once = temperature * Math.log((1 + smoothing) / (2 + 3 * smoothing));
    double never = temperature * Math.log(smoothing / (3 + 3 * smoothing));
    assertThat(model.bias(0)).isEqualTo((float) Math.log(2));
    assertThat(model.absentWeight(0)).isEqualTo((float) never);
    assertThat(model.absentWeight(0) + model.scale() * model.weight(0)).isCloseTo((float) twice, within(0.005f));
    assertThat(model.absentWeight(1) + model.scale() * model.weight(2)).isCloseTo((float) once, within(0.005f));
  }

  /** Features 1 to 9 are in no other sentence and give it away, if its own counts are not left out. */
  @Test
  void aSentenceIsScoredWithoutItsOwnCounts() {
    var examples = new ArrayList<>(Collections.nCopies(10, new Example(0, new int[] {0})));
    var rare = new Example(1, new int[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
    examples.add(rare);
    var index = new FeatureIndex(rare.features());
    var model = new CorrectedNaiveBayes(FeatureCounts.of(index.size(), examples), index.size(), new int[] {10, 1});
    assertThat(best(model.rounded(List.of("x", "y"), index), rare.features())).isEqualTo("y");
    var errors = new float[2];
    model.errors(rare, errors);
    assertThat(errors[0]).isBetween(-1f, -0.8f);
    assertThat(errors[1]).isBetween(0.8f, 1f);
  }

  /**
   * Features 1 to 6 always come together. Naive Bayes counts them six times against feature 0, and is wrong about most
   * of the sentences that have all seven.
   */
  @Test
  void mistakesAreCorrected() {
    int[] all = {0, 1, 2, 3, 4, 5, 6};
    int[] together = {1, 2, 3, 4, 5, 6};
    int[] alone = {0};
    var examples = new ArrayList<Example>();
    examples.addAll(Collections.nCopies(190, new Example(0, together)));
    examples.addAll(Collections.nCopies(10, new Example(0, all)));
    examples.addAll(Collections.nCopies(30, new Example(1, all)));
    examples.addAll(Collections.nCopies(170, new Example(1, alone)));
    var index = new FeatureIndex(all);
    var model = new CorrectedNaiveBayes(FeatureCounts.of(index.size(), examples), index.size(), new int[] {200, 200});
    assertThat(best(model.rounded(List.of("x", "y"), index), all)).isEqualTo("x");
    model.correct(examples);
    LanguageModel corrected = model.rounded(List.of("x", "y"), index);
    assertThat(best(corrected, all)).isEqualTo("y");
    assertThat(best(corrected, together)).isEqualTo("x");
    assertThat(best(corrected, alone)).isEqualTo("y");
  }

  private static String best(LanguageModel model, int[] features) {
    double[] logits = model.logits(features);
    return model.languages().get(logits[0] >= logits[1] ? 0 : 1);
  }
}
