package crema.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import crema.base.UserError;
import crema.classify.ModelDirectory;
import crema.data.LabelSet;
import crema.data.PackedBatch;
import crema.data.RowMeta;
import crema.metrics.LabelOffsets;
import crema.metrics.Metric;
import crema.metrics.MultiLabelOutcomes;
import crema.metrics.ScoreMatrix;
import crema.metrics.SingleLabelOutcomes;
import crema.metrics.Thresholds;
import crema.nn.loss.Link;
import crema.nn.loss.Targets;
import crema.settings.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import crema.settings.NumberOr;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TargetTest {
  /** Rows end at a leaf, or at "Food > Fruit". */
  private static final LabelSet PATHS = LabelSet.of(
      List.of("Food > Fruit", "Food > Fruit > Apples", "Food > Fruit > Pears", "Tools"), new long[] {5, 3, 2, 4});

  @TempDir
  Path folder;

  private static LabelSet labels(String... names) {
    return LabelSet.of(List.of(names), new long[names.length]);
  }

  private static ScoreMatrix logits(float[]... rows) {
    return ScoreMatrix.of(rows);
  }

  private static ScoredRows rows(ScoreMatrix logits, int[]... truth) {
    return new ScoredRows(logits, truth, List.of());
  }

  private static TaxonomyTarget taxonomy(Link scoring, Decoding decoding) {
    return TaxonomyTarget.of(PATHS, " > ", scoring, decoding);
  }

  @Test
  void oneLabelIsTheMostProbableOfASoftmax() {
    var target = new SingleLabelTarget(labels("a", "b"));
    ScoreMatrix logits = logits(new float[] {1, 2}, new float[] {3, 0});
    assertThat(target.decide(logits)).isDeepEqualTo(new int[][] {{1}, {0}});
    assertThat(target.probabilities(logits).score(0, 1)).isCloseTo(0.7310586f, within(1e-6f));
    assertThat(target.outcomes(new int[][] {{1}, {1}}, target.decide(logits))).isInstanceOf(SingleLabelOutcomes.class);
  }

  @Test
  void severalLabelsAreThoseThatReachTheirThreshold() {
    var target = new MultiLabelTarget(labels("a", "b", "c"), Thresholds.perLabel(new float[] {0.5f, 0.9f, 0.1f}));
    ScoreMatrix logits = logits(new float[] {0.1f, 2, -2}, new float[] {-1, 3, -5}, new float[] {-1, -1, -5});
    assertThat(target.decide(logits)).isDeepEqualTo(new int[][] {{0, 2}, {1}, {}});
  }

  @Test
  void theGlobalThresholdIsTheBestOfTheGridForTheAverageAskedFor() {
    // σ(−0.2) = 0.45: at 0.40 label "a" is right twice and label "b" wrong once, at 0.50 "a" is right once.
    ScoreMatrix logits = logits(new float[] {1, -0.2f}, new float[] {-0.2f, -3}, new float[] {-3, 2});
    ScoredRows rows = rows(logits, new int[] {0}, new int[] {0}, new int[] {1});
    var target = MultiLabelTarget.of(labels("a", "b"));
    MultiLabelTarget micro = target.tuned(grid(0.4, 0.5, Metric.MICRO_F1), rows);
    assertThat(micro.thresholds().value(0)).isEqualTo(0.4f);
    assertThat(micro.thresholds().value(1)).isEqualTo(0.4f);
    // Micro F1 is 6/7 at 0.40 and 4/5 at 0.50; macro F1 is 5/6 both times but for the tie, which the lower one wins.
    assertThat(target.sweep(AnswerSettings.DEFAULT, rows).points()).hasSize(21);
    MultiLabelTarget higher = target.tuned(grid(0.5, 0.6, Metric.MACRO_F1), rows);
    assertThat(higher.decide(logits)).isDeepEqualTo(new int[][] {{0}, {}, {1}});
    MultiLabelTarget each = target.tuned(threshold("per-label"), rows);
    assertThat(each.decide(logits)).isDeepEqualTo(new int[][] {{0}, {0}, {1}});
  }

  private static AnswerSettings grid(double from, double to, Metric metric) {
    return new AnswerSettings(AnswerSettings.DEFAULT.settings().with(AnswerSettings.THRESHOLD_FROM, from)
        .with(AnswerSettings.THRESHOLD_TO, to).with(AnswerSettings.THRESHOLD_STEP, 0.1)
        .with(AnswerSettings.THRESHOLD_METRIC, metric));
  }

  private static AnswerSettings threshold(String threshold) {
    return new AnswerSettings(AnswerSettings.DEFAULT.settings().with("threshold", threshold));
  }

  @Test
  void atLeastOneAndArgmaxGiveEveryTextALabel() {
    ScoreMatrix logits = logits(new float[] {-1, -2}, new float[] {2, 3});
    ScoredRows rows = rows(logits, new int[] {0}, new int[] {1});
    var target = MultiLabelTarget.of(labels("a", "b"));
    assertThat(target.tuned(
        new AnswerSettings(threshold("0.5").settings().with(AnswerSettings.AT_LEAST_ONE, true)), rows).decide(logits))
        .isDeepEqualTo(new int[][] {{0}, {0, 1}});
    assertThat(target.tuned(threshold("argmax"), rows).decide(logits))
        .isDeepEqualTo(new int[][] {{0}, {1}});
    assertThatThrownBy(() -> threshold("often"))
        .isInstanceOf(UserError.class).hasMessageContaining("global, per-label, argmax or a number");
  }

  @Test
  void aTaxonomysLabelsAreItsNodesAndARowHasTheLastOfItsPath() {
    var target = taxonomy(Link.SIGMOID, new Decoding.BestPath());
    assertThat(target.labels().names()).containsExactly(
        "Food", "Food > Fruit", "Food > Fruit > Apples", "Food > Fruit > Pears", "Tools");
    assertThat(target.labels().counts()).containsExactly(10, 10, 3, 2, 4);
    // A path may end at "Food > Fruit", as rows do, but not at "Food".
    assertThat(target.candidates()).containsExactly(1, 2, 3, 4);
    ScoreMatrix logits = logits(new float[] {3, 2, -1, -2, -3}, new float[] {3, 2, 1, -2, -3},
        new float[] {3, -1, -1, -1, -3});
    assertThat(target.decide(logits)).isDeepEqualTo(new int[][] {{1}, {2}, {1}});
    assertThat(target.implied(2)).containsExactly(0, 1, 2);
  }

  @Test
  void severalPathsAreMeasuredAsSetsOfLabels() {
    var target = taxonomy(Link.SIGMOID, new Decoding.Consistent(0.5, true));
    int[][] answers = target.decide(logits(new float[] {1, 1, 1, 1, -1}, new float[] {-1, 2, 2, 2, -2}));
    assertThat(answers).isDeepEqualTo(new int[][] {{2, 3}, {0}});
    assertThat(target.outcomes(new int[][] {{2}, {4}}, answers)).isInstanceOf(MultiLabelOutcomes.class);
  }

  @Test
  void targetsForALossAreOnesForAllLabelsAndTheirAncestors() {
    var batch = new PackedBatch(new int[] {1, 2, 3}, new int[] {0, 1, 3}, new int[] {3, 4}, new int[] {0, 1, 2},
        new int[] {0, 1}, _ -> RowMeta.MEMORY);
    var target = taxonomy(Link.SIGMOID, new Decoding.BestPath());
    assertThat(((Targets.MultiHot) target.targets(Targets.Form.MULTI_HOT, batch)).values())
        .containsExactly(1, 1, 0, 1, 0, 0, 0, 0, 0, 1);
    assertThat(((Targets.Nodes) target.targets(Targets.Form.NODES, batch)).nodes()).containsExactly(3, 4);
    var many = new PackedBatch(new int[] {1, 2}, new int[] {0, 1, 2}, new int[] {0, 2}, new int[] {0, 2, 2},
        new int[] {0, 1}, _ -> RowMeta.MEMORY);
    var labels = MultiLabelTarget.of(labels("a", "b", "c"));
    assertThat(((Targets.MultiHot) labels.targets(Targets.Form.MULTI_HOT, many)).values())
        .containsExactly(1, 0, 1, 0, 0, 0);
  }

  @Test
  void offsetsDecideForMacroF1AndLeaveProbabilitiesAlone() {
    var target = new SingleLabelTarget(labels("often", "rare"));
    ScoreMatrix logits = ScoreMatrix.of(
        new float[][] {{3, 0}, {3, 0}, {3, 0}, {3, 0}, {3, 1}, {3, 2}, {3, 2}, {3, 2}});
    var rows = new ScoredRows(logits, new int[][] {{0}, {0}, {0}, {0}, {0}, {1}, {1}, {1}}, List.of());
    assertThat(target.tuned(AnswerSettings.DEFAULT, rows)).isEqualTo(target);
    SingleLabelTarget tuned = target.tuned(
        new AnswerSettings(Settings.of(AnswerSettings.SECTION).with(AnswerSettings.DECISION, Metric.MACRO_F1)), rows);
    assertThat(tuned.decide(logits)).isDeepEqualTo(rows.truth());
    assertThat(tuned.probabilities(logits).score(7, 0)).isEqualTo(target.probabilities(logits).score(7, 0));
    assertThat(tuned.preferences(logits).best(7)).isEqualTo(1);
  }

  @Test
  void everyTargetIsReadBackAsItWasWritten() throws IOException {
    var directory = new ModelDirectory(folder);
    var targets = List.of(
        new SingleLabelTarget(labels("a", "b")),
        new SingleLabelTarget(labels("a", "b"), LabelOffsets.of(new float[] {0, 0.7f})),
        new MultiLabelTarget(labels("a", "b"), Thresholds.perLabel(new float[] {0.3f, 0.46f}).withAtLeastOne()),
        taxonomy(Link.CONSTRAINED_SIGMOID, new Decoding.TopDown(0.4)),
        taxonomy(Link.LEVEL_SOFTMAX, new Decoding.Argmax()),
        taxonomy(Link.SIGMOID, new Decoding.Consistent(0.3, true)),
        taxonomy(Link.FAMILY_SOFTMAX, new Decoding.BestPath()));
    for (Target target : targets) {
      target.labels().save(directory.labels());
      TargetFile.write(target, directory.target());
      Target read = directory.readTarget();
      switch (target) {
        case SingleLabelTarget single -> assertThat(read).isEqualTo(single);
        case MultiLabelTarget multi -> {
          var thresholds = ((MultiLabelTarget) read).thresholds();
          assertThat(thresholds.value(0)).isEqualTo(0.3f);
          assertThat(thresholds.value(1)).isEqualTo(0.46f);
          assertThat(thresholds.isAtLeastOne()).isTrue();
          assertThat(read.labels()).isEqualTo(multi.labels());
        }
        case TaxonomyTarget paths -> {
          var same = (TaxonomyTarget) read;
          assertThat(same.link()).isEqualTo(paths.link());
          assertThat(same.decoding()).isEqualTo(paths.decoding());
          assertThat(same.labels()).isEqualTo(paths.labels());
          assertThat(same.taxonomy().parents()).isEqualTo(paths.taxonomy().parents());
        }
      }
    }
  }

  /** What a model says of rows of which every third is wrong, however sure it is. */
  private static ScoredRows overconfident(Target target, int... ofRow) {
    int labels = target.labels().size();
    var logits = new float[300][labels];
    var truth = new int[300][];
    for (int row = 0; row < 300; row++) {
      for (int label = 0; label < labels; label++) {
        int each = label;
        logits[row][label] = Arrays.stream(target.implied(ofRow[row % ofRow.length])).anyMatch(of -> of == each)
            ? 6 + row % 7 * 0.5f : -5 - (row + label) % 5;
      }
      truth[row] = new int[] {ofRow[(row + (row % 3 == 0 ? 1 : 0)) % ofRow.length]};
    }
    return new ScoredRows(ScoreMatrix.of(logits), truth, List.of());
  }

  @Test
  void calibrationLowersConfidenceAndLeavesOrderAndAnswersAlone() throws IOException {
    var directory = new ModelDirectory(folder);
    for (Target target : List.of(new SingleLabelTarget(labels("a", "b")), MultiLabelTarget.of(labels("a", "b")),
        taxonomy(Link.SIGMOID, new Decoding.BestPath()), taxonomy(Link.LEVEL_SOFTMAX, new Decoding.Argmax()))) {
      int size = target.labels().size();
      ScoredRows rows = target instanceof TaxonomyTarget paths
          ? overconfident(target, IntStream.range(0, size).filter(paths.taxonomy()::isLeaf).toArray())
          : overconfident(target, 0, 1);
      Target calibrated = target.calibrated(AnswerSettings.HALF, rows);
      Target kept = calibrated instanceof MultiLabelTarget
          ? target.calibrated(new AnswerSettings(Settings.of(AnswerSettings.SECTION)), rows) : calibrated;
      assertThat(kept.decide(rows.logits())).isDeepEqualTo(target.decide(rows.logits()));
      int answer = target.decide(rows.logits())[1][0];
      assertThat(target.probabilities(rows.logits()).score(1, answer)).isGreaterThan(0.95f);
      assertThat(kept.probabilities(rows.logits()).score(1, answer)).isBetween(0.5f, 0.85f);
      assertThat(kept.preferences(rows.logits()).best()).isEqualTo(target.preferences(rows.logits()).best());
      assertThat(kept.rawProbabilities(rows.logits()).score(1, answer))
          .isEqualTo(target.probabilities(rows.logits()).score(1, answer));
      kept.labels().save(directory.labels());
      TargetFile.write(kept, directory.target());
      Target read = directory.readTarget();
      for (int row = 0; row < 300; row++) {
        assertThat(read.probabilities(rows.logits()).score(row, answer))
            .isEqualTo(kept.probabilities(rows.logits()).score(row, answer));
      }
      assertThat(read.decide(rows.logits())).isDeepEqualTo(target.decide(rows.logits()));
    }
  }

  @Test
  void answersThatMustBeSureAreReadBackWithTheirGuarantee() throws IOException {
    var directory = new ModelDirectory(folder);
    AnswerSettings precise =
        new AnswerSettings(Settings.of(AnswerSettings.SECTION).with(AnswerSettings.MIN_PRECISION, 0.5));
    Target flat = new SingleLabelTarget(labels("a", "b"));
    Target paths = taxonomy(Link.SIGMOID, new Decoding.BestPath());
    for (Target target : List.of(flat, paths)) {
      ScoredRows rows = overconfident(target, target instanceof TaxonomyTarget tree
          ? IntStream.range(0, target.labels().size()).filter(tree.taxonomy()::isLeaf).toArray() : new int[] {0, 1});
      TrustFit fit = TrustFit.of(target, precise, rows);
      assertThat(fit.note()).isEmpty();
      assertThat(fit.target().trust().guarantee()).contains(new Guarantee.Precision(0.5));
      fit.target().labels().save(directory.labels());
      TargetFile.write(fit.target(), directory.target());
      Target read = directory.readTarget();
      assertThat(read.trust().guarantee()).contains(new Guarantee.Precision(0.5));
      for (Guarantee guarantee : List.of(new Guarantee.Precision(0.5), new Guarantee.Precision(0),
          new Guarantee.Coverage(0.9), new Guarantee.Coverage(0))) {
        assertThat(read.decide(rows.logits(), guarantee)).isDeepEqualTo(fit.target().decide(rows.logits(), guarantee));
      }
      assertThat(read.decide(rows.logits(), new Guarantee.Precision(0))).isDeepEqualTo(target.decide(rows.logits()));
      assertThatThrownBy(() -> read.decide(rows.logits(), new Guarantee.Precision(0.9999)))
          .isInstanceOf(UserError.class).hasMessageContaining("a precision of 0.9999 cannot be vouched for")
          .hasMessageEndingWith("ask for at most that");
      assertThatThrownBy(() -> read.decide(rows.logits(), new Guarantee.Coverage(0.999)))
          .isInstanceOf(UserError.class)
          .hasMessage(
              "a coverage of 0.999 needs 999 validation rows, and the model was trained with 300: ask for at most "
                  + "0.996");
    }
    assertThatThrownBy(() -> flat.decide(ScoreMatrix.of(new float[1][2]), new Guarantee.Precision(0.9)))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("trained without validation rows, or by an earlier version");
  }

  @Test
  void ofPathsTheNodeAboveIsAnsweredWhereTheLeafIsNotSure() {
    var target = taxonomy(Link.SIGMOID, new Decoding.BestPath());
    int[] leaves = IntStream.range(0, target.labels().size()).filter(target.taxonomy()::isLeaf)
        .filter(leaf -> target.taxonomy().parent(leaf) >= 0).toArray();
    // The root of the first leaf is always right, and the leaf beside it in every second row.
    int parent = target.taxonomy().parent(leaves[0]);
    int[] pair = Arrays.stream(leaves).filter(leaf -> target.taxonomy().parent(leaf) == parent).limit(2).toArray();
    assertThat(pair).hasSize(2);
    var logits = new float[400][target.labels().size()];
    var truth = new int[400][];
    for (int row = 0; row < 400; row++) {
      Arrays.fill(logits[row], -8);
      for (int node : target.implied(pair[0])) {
        logits[row][node] = node == pair[0] ? 1 : 6;
      }
      truth[row] = new int[] {pair[row % 2]};
    }
    var rows = new ScoredRows(ScoreMatrix.of(logits), truth, List.of());
    Target trusted = TrustFit.of(target, AnswerSettings.DEFAULT, rows).target();
    assertThat(trusted.decide(rows.logits())[0]).containsExactly(pair[0]);
    assertThat(trusted.decide(rows.logits(), new Guarantee.Precision(0.9))[0]).containsExactly(parent);
    assertThat(trusted.decide(rows.logits(), new Guarantee.Precision(0.3))[0]).containsExactly(pair[0]);
  }

  @Test
  void aThresholdThatWasGivenIsOfCalibratedProbabilities() {
    ScoredRows rows = overconfident(MultiLabelTarget.of(labels("a", "b")), 0, 1);
    Target given = MultiLabelTarget.of(labels("a", "b"))
        .tuned(
            new AnswerSettings(Settings.of(AnswerSettings.SECTION).with(AnswerSettings.THRESHOLD, NumberOr.of(0.99))),
            rows)
        .calibrated(
            new AnswerSettings(Settings.of(AnswerSettings.SECTION).with(AnswerSettings.THRESHOLD, NumberOr.of(0.99))),
            rows);
    assertThat(given.decide(rows.logits())).isDeepEqualTo(new int[300][0]);
  }

  @Test
  void aDamagedCurveIsReported() throws IOException {
    var directory = new ModelDirectory(folder);
    Target target = new SingleLabelTarget(labels("a", "b"));
    target.labels().save(directory.labels());
    TargetFile.write(target.calibrated(AnswerSettings.DEFAULT, overconfident(target, 0, 1)), directory.target());
    assertThat(directory.target()).content().contains("\"format\" : 2");
    Files.writeString(directory.target(),
        Files.readString(directory.target()).replaceFirst("\"temperature\" : [0-9.E-]+", "\"temperature\" : -1"));
    assertThatThrownBy(() -> directory.readTarget()).isInstanceOf(UserError.class)
        .hasMessageContaining("target.json").hasMessageContaining("the temperature -1.0 is not a number above 0");
    TargetFile.write(target, directory.target());
    assertThat(directory.target()).content().contains("\"format\" : 1").doesNotContain("confidence", "held_out");
  }

  @Test
  void thresholdsOfOtherLabelsAreRefused() throws IOException {
    var directory = new ModelDirectory(folder);
    TargetFile.write(MultiLabelTarget.of(labels("a", "b")), directory.target());
    labels("a", "c").save(directory.labels());
    assertThatThrownBy(() -> directory.readTarget()).isInstanceOf(UserError.class)
        .hasMessageContaining("target.json has thresholds for other labels")
        .hasMessageContaining("number 2 is 'b', not 'c'");
    labels("a", "b", "c").save(directory.labels());
    assertThatThrownBy(() -> directory.readTarget()).hasMessageContaining("2 thresholds for 3 labels");
    Files.delete(directory.target());
    assertThatThrownBy(() -> directory.readTarget()).hasMessageContaining("target.json is missing");
  }

  @Test
  void labelsThatAreNoTreeAreRefused() throws IOException {
    var directory = new ModelDirectory(folder);
    TargetFile.write(taxonomy(Link.SIGMOID, new Decoding.BestPath()), directory.target());
    labels("Food > Fruit", "Tools").save(directory.labels());
    assertThatThrownBy(() -> directory.readTarget()).isInstanceOf(UserError.class)
        .hasMessageContaining("does not hold the nodes of a taxonomy");
  }
}
