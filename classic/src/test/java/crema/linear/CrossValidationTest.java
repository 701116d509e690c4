package crema.linear;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

  @ParameterizedTest
  @CsvSource({"true, 1", "true, 3", "false, 1", "false, 3"})
  void heldOutTextsAreAnsweredAsByTheWholeModel(boolean exclusive, int threads) {
    var random = new Random(11);
    int labels = 7;
    var buffer = new RowBuffer(120);
    for (int row = 0; row < 120; row++) {
      for (int column = random.nextInt(3); column < 40; column += 1 + random.nextInt(6)) {
        buffer.append(column, random.nextFloat());
      }
      buffer.endRow();
    }
    var dense = new float[240];
    for (int i = 0; i < dense.length; i++) {
      dense[i] = random.nextFloat();
    }
    SparseMatrix texts = buffer.toMatrix(40).withDense(2, dense);
    LabelTargets targets = exclusive ? LabelTargets.singleLabel(labels, random.ints(120, 0, labels).toArray())
        : LabelTargets.multiLabel(labels, random.ints(120, 0, labels)
            .mapToObj(label -> new int[] {label, (label + 3) % labels}).toList());
    int[] inside = random.ints(50, 0, 120).toArray();
    var trainer = new LinearTrainer(CONFIG, threads);
    LinearModel whole = trainer.train(texts, targets).model();
    var answers = new HeldOutAnswers(texts, inside, exclusive);
    trainer.trainInto(answers, new DualProblem(texts, CONFIG.interceptScaling()), targets);
    for (int place = 0; place < inside.length; place++) {
      assertThat(answers.labels()[place]).isEqualTo(whole.predict(whole.decisions(texts, inside[place])));
    }
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
