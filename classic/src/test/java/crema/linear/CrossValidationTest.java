package crema.linear;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CrossValidationTest {
  private static final LinearConfig CONFIG = LinearConfig.DEFAULTS.withLoss(LinearLoss.HINGE);

  /** Two labels apart by their words, a fifth of the texts with the wrong label and a word of their own. */
  private static SparseMatrix texts(int count) {
    var rows = new RowBuffer(count);
    for (int row = 0; row < count; row++) {
      rows.append(row % 2, 0.6f);
      rows.append(2 + row, 0.8f);
      rows.endRow();
    }
    return rows.toMatrix(2 + count);
  }

  private static LabelTargets targets(int count) {
    var labels = new int[count];
    Arrays.setAll(labels, row -> row % 5 == 0 ? 1 - row % 2 : row % 2);
    return LabelTargets.singleLabel(2, labels);
  }

  @Test
  void theChosenCIsTheOneThatPredictsHeldOutTextsBest() {
    var validation = new CrossValidation(CONFIG, 5, 2);
    CrossValidation.Result result = validation.run(texts(100), targets(100), 100, 0.5, 1e-4);
    assertThat(result.scores()).extracting(CrossValidation.Score::c).containsExactly(100.0, 0.5, 1e-4);
    assertThat(result.scores().get(1).microF1()).isEqualTo(0.8);
    assertThat(result.best(CrossValidation.Score::microF1))
        .isEqualTo(result.scores().stream().filter(score -> score.microF1() == 0.8)
            .mapToDouble(CrossValidation.Score::c).min().orElseThrow());
    assertThat(validation.run(texts(100), targets(100), 100, 0.5, 1e-4)).isEqualTo(result);
  }

  @Test
  void ofEqualScoresTheSmallestCIsChosen() {
    var result = new CrossValidation.Result(List.of(new CrossValidation.Score(2, 0.5, 0.1),
        new CrossValidation.Score(1, 0.5, 0.2), new CrossValidation.Score(4, 0.4, 0.3)));
    assertThat(result.best(CrossValidation.Score::microF1)).isEqualTo(1);
    assertThat(result.best(CrossValidation.Score::macroF1)).isEqualTo(4);
  }

  @Test
  void eachFoldHasItsShareOfRareLabels() {
    var random = new Random(3);
    List<int[]> labels = new ArrayList<>();
    for (int row = 0; row < 200; row++) {
      labels.add(row < 10 ? new int[] {0, 2} : row < 20 ? new int[] {} : new int[] {1 + random.nextInt(2)});
    }
    var folds = new Folds(LabelTargets.multiLabel(3, labels), 5, 9);
    var seen = new ArrayList<Integer>();
    for (int fold = 0; fold < 5; fold++) {
      int[] inside = folds.inside(fold);
      assertThat(inside).hasSize(40);
      assertThat(Arrays.stream(inside).filter(row -> row < 10).count()).isEqualTo(2);
      assertThat(Arrays.stream(inside).filter(row -> row >= 10 && row < 20).count()).isEqualTo(2);
      assertThat(folds.outside(fold)).hasSize(160).doesNotContain(inside);
      Arrays.stream(inside).forEach(seen::add);
    }
    assertThat(seen).doesNotHaveDuplicates().hasSize(200);
    assertThat(new Folds(LabelTargets.multiLabel(3, labels), 5, 10).inside(0)).isNotEqualTo(folds.inside(0));
  }

  @Test
  void whatCannotBeSplitIsRefused() {
    assertThatThrownBy(() -> new CrossValidation(CONFIG, 1, 1)).hasMessage("folds is 1: it must be at least 2");
    var validation = new CrossValidation(CONFIG, 5, 1);
    assertThatThrownBy(() -> validation.run(texts(4), targets(4), 1)).hasMessage("4 texts are fewer than the 5 folds");
    assertThatThrownBy(() -> validation.run(texts(10), targets(10))).hasMessage("there is no C to choose from");
  }
}
