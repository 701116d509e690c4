package crema.linear;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LinearTrainerTest {
  private static final int LABELS = 9;

  /** 300 texts of about 20 of 200 words; label l likes the words with w mod 9 = l. */
  private static SparseMatrix texts() {
    var random = new Random(1);
    var rows = new RowBuffer(300);
    for (int row = 0; row < 300; row++) {
      for (int column = 0; column < 200; column++) {
        if (random.nextInt(10) == 0) {
          rows.append(column, 0.1f + 0.2f * random.nextFloat());
        }
      }
      rows.endRow();
    }
    return rows.toMatrix(200);
  }

  private static LabelTargets targets(SparseMatrix texts) {
    List<int[]> labels = new ArrayList<>();
    for (int row = 0; row < texts.rows(); row++) {
      var sums = new float[LABELS];
      for (int at = texts.start(row); at < texts.end(row); at++) {
        sums[texts.column(at) % LABELS] += texts.value(at);
      }
      var found = new ArrayList<Integer>();
      for (int label = 0; label < LABELS; label++) {
        if (sums[label] > 0.7f) {
          found.add(label);
        }
      }
      labels.add(found.stream().mapToInt(Integer::intValue).toArray());
    }
    return LabelTargets.multiLabel(LABELS, labels);
  }

  @ParameterizedTest
  @EnumSource
  void anyNumberOfThreadsGivesTheSameBits(LinearLoss loss) {
    SparseMatrix texts = texts();
    LabelTargets targets = targets(texts);
    LinearConfig config = LinearConfig.DEFAULTS.withLoss(loss).withClassWeights(ClassWeights.BALANCED);
    LinearModel one = new LinearTrainer(config, 1).train(texts, targets).model();
    for (int threads : new int[] {2, 7, 20}) {
      LinearModel several = new LinearTrainer(config, threads).train(texts, targets).model();
      assertThat(several.weights()).isEqualTo(one.weights());
      assertThat(several.intercepts()).isEqualTo(one.intercepts());
    }
  }

  /** NBSVM as it is published: features multiplied by r before they are learned from, weights after it. */
  @ParameterizedTest
  @EnumSource
  void weightsAsFarAsBayesLetsThemAreThoseOfScaledFeatures(LinearLoss loss) {
    SparseMatrix texts = texts();
    LabelTargets targets = targets(texts);
    LinearConfig config = LinearConfig.DEFAULTS.withLoss(loss).withTolerance(1e-9, 100_000);
    LinearModel model =
        new LinearTrainer(config.withFeatureWeights(FeatureWeights.BAYES), 2).train(texts, targets).model();
    for (int label = 0; label < LABELS; label++) {
      double[] ratios = ratios(texts, targets, label);
      LinearModel scaled = new LinearTrainer(config, 1).train(scaled(texts, ratios), targets).model();
      for (int feature = 0; feature < ratios.length; feature++) {
        assertThat(model.weight(feature, label))
            .isCloseTo((float) (scaled.weight(feature, label) * ratios[feature]), offset(1e-4f));
      }
      assertThat(model.intercept(label)).isCloseTo(scaled.intercept(label), offset(1e-4f));
    }
    LinearModel one = new LinearTrainer(config.withFeatureWeights(FeatureWeights.BAYES), 1).train(texts, targets)
        .model();
    assertThat(one.weights()).isEqualTo(model.weights());
  }

  /** The logarithm of how much more often a text has a feature if it has the label; one more text on the smaller side. */
  private static double[] ratios(SparseMatrix texts, LabelTargets targets, int label) {
    var with = new double[texts.columns()];
    var without = new double[texts.columns()];
    double positive = targets.count(label);
    double negative = texts.rows() - positive;
    for (int row = 0; row < texts.rows(); row++) {
      boolean has = IntStream.of(targets.labelsOf(row)).anyMatch(each -> each == label);
      for (int at = texts.start(row); at < texts.end(row); at++) {
        (has ? with : without)[texts.column(at)]++;
      }
    }
    double smaller = Math.min(positive, negative);
    return IntStream.range(0, with.length).mapToDouble(feature -> Math.log(
        (with[feature] + positive / smaller) / positive / ((without[feature] + negative / smaller) / negative)))
        .toArray();
  }

  private static SparseMatrix scaled(SparseMatrix texts, double[] ratios) {
    var rows = new RowBuffer(texts.rows());
    for (int row = 0; row < texts.rows(); row++) {
      for (int at = texts.start(row); at < texts.end(row); at++) {
        rows.append(texts.column(at), (float) (texts.value(at) * ratios[texts.column(at)]));
      }
      rows.endRow();
    }
    return rows.toMatrix(texts.columns());
  }

  @Test
  void featureThatSaysNothingByItselfHasNoWeightInBayesReckoning() {
    // Feature 0 is on both sides alike, feature 1 on one; feature 2 is in no text.
    var texts = new SparseMatrix(3, new int[] {0, 2, 3, 5, 6}, new int[] {0, 1, 1, 0, 1, 0},
        new float[] {1, 1, 1, 1, 0.5f, 1});
    LabelTargets targets = LabelTargets.multiLabel(1, List.of(new int[] {0}, new int[] {0}, new int[0], new int[0]));
    LinearModel model = new LinearTrainer(LinearConfig.DEFAULTS.withFeatureWeights(FeatureWeights.BAYES), 1)
        .train(texts, targets).model();
    assertThat(model.weight(1, 0)).isPositive();
    assertThat(model.weight(2, 0)).isZero();
    assertThat(Math.abs(model.weight(0, 0))).isLessThan(model.weight(1, 0));
  }

  @ParameterizedTest
  @EnumSource
  void theSeedChangesTheWayButNotTheEnd(LinearLoss loss) {
    SparseMatrix texts = texts();
    LabelTargets targets = targets(texts);
    LinearConfig rough = LinearConfig.DEFAULTS.withLoss(loss);
    LinearConfig exact = rough.withTolerance(1e-9, 100_000);
    assertThat(new LinearTrainer(rough.withSeed(5), 1).train(texts, targets).model().weights())
        .isNotEqualTo(new LinearTrainer(rough, 1).train(texts, targets).model().weights());
    assertThat(new LinearTrainer(exact.withSeed(5), 1).train(texts, targets).model().weights())
        .containsExactly(new LinearTrainer(exact, 1).train(texts, targets).model().weights(), offset(1e-5f));
  }

  @ParameterizedTest
  @EnumSource
  void labelsThatRunOutOfIterationsAreNamed(LinearLoss loss) {
    SparseMatrix texts = texts();
    LinearFit fit = new LinearTrainer(LinearConfig.DEFAULTS.withLoss(loss).withTolerance(1e-9, 2), 2)
        .train(texts, targets(texts));
    assertThat(fit.unconverged()).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8);
  }

  @ParameterizedTest
  @EnumSource
  void aLabelOfNoTextOrOfAllIsPredictedForNoneOrAll(LinearLoss loss) {
    var texts = new SparseMatrix(2, new int[] {0, 1, 2, 2}, new int[] {0, 1}, new float[] {1, 1});
    LabelTargets targets = LabelTargets.multiLabel(2, List.of(new int[] {1}, new int[] {1}, new int[] {1}));
    for (ClassWeights weights : ClassWeights.values()) {
      LinearFit fit = new LinearTrainer(LinearConfig.DEFAULTS.withLoss(loss).withClassWeights(weights), 1)
          .train(texts, targets);
      assertThat(fit.unconverged()).isEmpty();
      for (int row = 0; row < 3; row++) {
        assertThat(fit.model().predict(fit.model().decisions(texts, row))).containsExactly(1);
      }
    }
  }

  @Test
  void whatCannotBeTrainedIsRefused() {
    var trainer = new LinearTrainer(LinearConfig.DEFAULTS, 1);
    var texts = new SparseMatrix(2, new int[] {0, 1}, new int[] {0}, new float[] {1});
    assertThatThrownBy(() -> trainer.train(texts, LabelTargets.singleLabel(2, new int[] {0, 1})))
        .hasMessage("1 texts, but targets for 2");
    var none = new SparseMatrix(2, new int[] {0}, new int[0], new float[0]);
    assertThatThrownBy(() -> trainer.train(none, LabelTargets.singleLabel(2, new int[0])))
        .hasMessage("there are no texts to train on");
    assertThatThrownBy(() -> LinearModel.newWeights(3_000_000, 1000))
        .hasMessageStartingWith("3000000 features times 1000 labels are more weights than");
    assertThatThrownBy(() -> new LinearTrainer(LinearConfig.DEFAULTS, 0)).hasMessageContaining("at least 1 thread");
    assertThatThrownBy(() -> LinearConfig.DEFAULTS.withC(0)).hasMessage("C must be positive, not 0.0");
    assertThatThrownBy(() -> LinearConfig.DEFAULTS.withInterceptScaling(-1))
        .hasMessageContaining("0 or more, not -1.0");
    assertThatThrownBy(() -> LinearConfig.DEFAULTS.withTolerance(1, 0)).hasMessageContaining("at least 1 iteration");
  }

  /** Stops when it has been asked so often, as a kill would. */
  private static BooleanSupplier after(int questions) {
    var left = new AtomicInteger(questions);
    return () -> left.getAndDecrement() <= 0;
  }

  @ParameterizedTest
  @EnumSource
  void aTrainingThatWasLeftInTheMiddleGoesOnToTheSameBits(LinearLoss loss, @TempDir Path folder) throws IOException {
    SparseMatrix texts = texts();
    LabelTargets targets = targets(texts);
    LinearConfig config = LinearConfig.DEFAULTS.withLoss(loss);
    var all = new AtomicInteger();
    LinearFit whole = new LinearTrainer(config, 1, () -> all.incrementAndGet() < 0).train(texts, targets);
    Path file = folder.resolve("train.journal");
    var warnings = new ArrayList<String>();
    long size = 100;
    for (int leg = 0; leg < 2; leg++) {
      new LinearTrainer(config, 1, after(all.get() / 3)).keeping(file, warnings::add).train(texts, targets);
      assertThat(Files.size(file)).isGreaterThan(size);
      size = Files.size(file);
    }
    var asked = new AtomicInteger();
    LinearFit rest = new LinearTrainer(config, 2, () -> asked.incrementAndGet() < 0).keeping(file, warnings::add)
        .train(texts, targets);
    assertThat(rest.model().weights()).isEqualTo(whole.model().weights());
    assertThat(rest.model().intercepts()).isEqualTo(whole.model().intercepts());
    assertThat(rest.unconverged()).isEqualTo(whole.unconverged());
    int before = asked.get();
    LinearFit again = new LinearTrainer(config, 1, () -> asked.incrementAndGet() < 0).keeping(file, warnings::add)
        .train(texts, targets);
    assertThat(asked.get() - before).as("nothing is trained again").isLessThanOrEqualTo(LABELS + 1);
    assertThat(again.model().weights()).isEqualTo(whole.model().weights());
    assertThat(warnings).isEmpty();
  }

  @Test
  void whatWasFoundOfOtherTextsTargetsOrSettingsIsNotUsed(@TempDir Path folder) {
    SparseMatrix texts = texts();
    LabelTargets targets = targets(texts);
    LinearConfig config = LinearConfig.DEFAULTS;
    Path file = folder.resolve("train.journal");
    List<String> warnings = new ArrayList<>();
    var weights = new double[texts.rows()];
    Arrays.setAll(weights, row -> 1 + row % 3);
    int[] reversed = IntStream.range(0, texts.rows()).map(row -> texts.rows() - 1 - row).toArray();
    LinearModel start = new LinearTrainer(config.withC(0.1), 1).train(texts, targets).model();
    for (LinearConfig each : List.of(config, config.withC(0.5), config.withSeed(3))) {
      for (LabelTargets of : List.of(targets, targets.weighted(weights), targets.rows(reversed))) {
        var plain = new LinearTrainer(each, 1);
        LinearTrainer keeping = plain.keeping(file, warnings::add);
        assertThat(keeping.train(texts, of).model().weights()).isEqualTo(plain.train(texts, of).model().weights());
        assertThat(keeping.train(texts.rows(reversed), of).model().weights())
            .isEqualTo(plain.train(texts.rows(reversed), of).model().weights());
        assertThat(keeping.train(texts, of, start).model().weights())
            .isEqualTo(plain.train(texts, of, start).model().weights());
      }
    }
    assertThat(warnings).isEmpty();
  }

  @Test
  void aCrossValidationThatWasLeftInTheMiddleGoesOnToTheSameScores(@TempDir Path folder) {
    SparseMatrix texts = texts();
    LabelTargets targets = targets(texts);
    var warnings = new ArrayList<String>();
    double[] candidates = {0.1, 1};
    List<CrossValidation.Score> whole =
        new CrossValidation(LinearConfig.DEFAULTS, 3, 1).run(texts, targets, candidates).scores();
    int stops = 0;
    for (int questions = 80;; questions += 10) {
      var left = new AtomicInteger(questions);
      CrossValidation.Result result =
          new CrossValidation(LinearConfig.DEFAULTS, 3, 1, () -> left.getAndDecrement() <= 0)
              .keeping(folder, warnings::add).run(texts, targets, candidates);
      if (left.get() > 0) {
        assertThat(result.scores()).isEqualTo(whole);
        break;
      }
      assertThat(stops++).isLessThan(60);
    }
    assertThat(stops).isGreaterThan(2);
    assertThat(new CrossValidation(LinearConfig.DEFAULTS, 3, 1).keeping(folder, warnings::add)
        .run(texts, targets, 1, 10).scores().getFirst()).isEqualTo(whole.getLast());
    assertThat(warnings).isEmpty();
  }

  @Test
  void denseColumnsAreLearnedLikeSparseOnes() {
    int rows = 60;
    int terms = 7;
    int dense = 5;
    var random = new java.util.Random(4);
    var all = new float[rows * (terms + dense)];
    var sparse = new float[rows * terms];
    var block = new float[rows * dense];
    var labels = new int[rows];
    for (int row = 0; row < rows; row++) {
      labels[row] = row % 3;
      for (int i = 0; i < terms + dense; i++) {
        float value = (float) random.nextGaussian() + (i % 3 == labels[row] ? 1 : 0);
        all[row * (terms + dense) + i] = value;
        if (i < terms) {
          sparse[row * terms + i] = value;
        } else {
          block[row * dense + i - terms] = value;
        }
      }
    }
    SparseMatrix mixed = full(rows, terms, sparse).withDense(dense, block);
    SparseMatrix plain = full(rows, terms + dense, all);
    LabelTargets targets = LabelTargets.singleLabel(3, labels);
    for (LinearLoss loss : LinearLoss.values()) {
      var trainer = new LinearTrainer(LinearConfig.DEFAULTS.withLoss(loss).withTolerance(1e-9, 10_000), 2);
      LinearModel expected = trainer.train(plain, targets).model();
      LinearModel model = trainer.train(mixed, targets).model();
      int[] some = {5, 0, 41};
      for (int row = 0; row < rows; row++) {
        for (int label = 0; label < 3; label++) {
          assertThat(model.decisions(mixed, row)[label]).isCloseTo(expected.decisions(plain, row)[label],
              org.assertj.core.data.Offset.offset(1e-4f));
        }
      }
      assertThat(model.decisions(mixed.rows(some), 2)).isEqualTo(model.decisions(mixed, 41));
    }
  }

  private static SparseMatrix full(int rows, int columns, float[] values) {
    var starts = new int[rows + 1];
    var indices = new int[values.length];
    for (int i = 0; i < values.length; i++) {
      indices[i] = i % columns;
    }
    for (int row = 0; row <= rows; row++) {
      starts[row] = row * columns;
    }
    return new SparseMatrix(columns, starts, indices, values);
  }

  @ParameterizedTest
  @EnumSource
  void aTextOfWeightTwoIsLearnedAsTwoCopies(LinearLoss loss) {
    SparseMatrix texts = texts();
    LabelTargets targets = targets(texts);
    var weights = new double[texts.rows()];
    var copies = new ArrayList<Integer>();
    for (int row = 0; row < weights.length; row++) {
      weights[row] = 1 + row % 3;
      for (int copy = 0; copy <= row % 3; copy++) {
        copies.add(row);
      }
    }
    int[] repeated = copies.stream().mapToInt(Integer::intValue).toArray();
    for (ClassWeights balance : ClassWeights.values()) {
      LinearConfig config = LinearConfig.DEFAULTS.withLoss(loss).withClassWeights(balance).withTolerance(1e-8, 100_000);
      var trainer = new LinearTrainer(config, 1);
      LinearModel weighted = trainer.train(texts, targets.weighted(weights)).model();
      LinearModel repeatedModel = trainer.train(texts.rows(repeated), targets.rows(repeated)).model();
      LinearModel plain = trainer.train(texts, targets).model();
      assertThat(largestDifference(weighted, repeatedModel)).isLessThan(2e-3);
      assertThat(largestDifference(weighted, plain)).isGreaterThan(0.02);
    }
  }

  private static double largestDifference(LinearModel one, LinearModel other) {
    double largest = 0;
    for (int i = 0; i < one.weights().length; i++) {
      largest = Math.max(largest, Math.abs(one.weights()[i] - other.weights()[i]));
    }
    return largest;
  }

  @Test
  void weightsOfTextsMustBeAboveZero() {
    LabelTargets targets = LabelTargets.singleLabel(2, new int[] {0, 1});
    assertThatThrownBy(() -> targets.weighted(new double[] {1})).hasMessage("1 weights for 2 texts");
    assertThatThrownBy(() -> targets.weighted(new double[] {1, Double.NaN}))
        .hasMessage("the weight of a text must be above 0, not NaN");
  }

  @ParameterizedTest
  @EnumSource
  void aModelToStartFromIsStayedNearToTheMoreTheSmallerC(LinearLoss loss) {
    SparseMatrix texts = texts();
    LabelTargets targets = targets(texts);
    LinearModel start = new LinearTrainer(LinearConfig.DEFAULTS.withLoss(loss), 1).train(texts, targets).model();
    LabelTargets others = LabelTargets.multiLabel(LABELS,
        IntStream.range(0, texts.rows()).mapToObj(row -> new int[] {row % LABELS}).toList());
    LinearConfig config = LinearConfig.DEFAULTS.withLoss(loss).withTolerance(1e-6, 10_000);
    double near =
        largestDifference(new LinearTrainer(config.withC(1e-5), 1).train(texts, others, start).model(), start);
    double far = largestDifference(new LinearTrainer(config.withC(10), 1).train(texts, others, start).model(), start);
    assertThat(near).isLessThan(0.01);
    assertThat(far).isGreaterThan(0.3);
    LinearModel nothing = start.withLabels(Collections.nCopies(LABELS, new int[0]));
    assertThat(new LinearTrainer(config, 1).train(texts, targets, nothing).model().weights())
        .isEqualTo(new LinearTrainer(config, 1).train(texts, targets).model().weights());
    LinearModel merged = start.withLabels(List.of(new int[] {0, 1}));
    assertThat(merged.weight(3, 0)).isEqualTo(start.weight(3, 0) / 2 + start.weight(3, 1) / 2);
    assertThatThrownBy(() -> new LinearTrainer(config, 1).train(texts, targets, merged))
        .hasMessageContaining("the model to start from has 200 features and 1 labels");
  }
}
