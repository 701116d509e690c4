package crema.audit;

import crema.classify.TrainingListener;
import crema.data.Grouping;
import crema.data.ProblemListener;
import crema.data.RowSource;
import crema.data.Split;
import crema.data.SplitPlan;
import crema.linear.LabelTargets;
import crema.linear.LinearConfig;
import crema.linear.LinearLoss;
import crema.linear.LinearModel;
import crema.linear.LinearTrainer;
import crema.linear.SparseMatrix;
import crema.metrics.ScoreMatrix;
import crema.metrics.Temperature;
import crema.task.TargetKind;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Probabilities of labels for rows by models that were not trained on them: rows are dealt out to folds, which keep the
 * proportions of labels and hold groups and equal texts together, and each fold is judged by a logistic regression of the
 * others. Of one label a row, its decisions become probabilities with the temperature of the first fold.
 */
final class OutOfFold {
  private static final LinearConfig CONFIG =
      LinearConfig.DEFAULTS.withLoss(LinearLoss.LOGISTIC).withC(10).withTolerance(0.1, 100);
  /** As many scores are looked at to find the temperature. */
  private static final int TEMPERATURE_SCORES = 4_000_000;

  /** With fewer on average, a fold's labels are hardly among the others'. */
  private static final int ROWS_OF_A_FOLD = 2;

  private final AuditRows rows;
  private final SparseMatrix features;
  private final AuditOptions options;
  private final boolean exclusive;
  private final double[] sums;
  private double temperature = 1;

  /**
   * Rows to judge.
   *
   * @param features of the rows with labels, {@code [rows, terms]}
   */
  OutOfFold(AuditRows rows, SparseMatrix features, AuditOptions options) {
    this.rows = rows;
    this.features = features;
    this.options = options;
    exclusive = rows.kind() != TargetKind.MULTI;
    sums = new double[rows.labels().size()];
  }

  /** Whether there are enough rows for folds. */
  static boolean canJudge(AuditRows rows, int folds) {
    return rows.labelled().size() >= fewestRows(folds);
  }

  /** How many rows so many folds need at least. */
  static int fewestRows(int folds) {
    return ROWS_OF_A_FOLD * folds;
  }

  /** Judges all rows, in their order. */
  RowScores[] scores(TrainingListener listener) {
    int[][] given = given();
    int[] folds = folds();
    var scores = new RowScores[given.length];
    int done = 0;
    for (int i = 0; i < options.folds(); i++) {
      int fold = i;
      int[] inside = IntStream.range(0, given.length).filter(row -> folds[row] == fold).toArray();
      int[] outside = IntStream.range(0, given.length).filter(row -> folds[row] != fold).toArray();
      listener.progress(done, given.length);
      LinearModel model = train(outside, given);
      var known = new boolean[rows.labels().size()];
      for (int row : outside) {
        for (int label : given[row]) {
          known[label] = true;
        }
      }
      SparseMatrix held = features.rows(inside);
      temperature = fold == 0 ? fit(model, held, inside, given) : temperature;
      for (int at = 0; at < inside.length; at++) {
        int[] labels = given[inside[at]];
        float[] probabilities = probabilities(model.decisions(held, at), temperature);
        Arrays.setAll(sums, label -> sums[label] + probabilities[label]);
        scores[inside[at]] =
            RowScores.of(Arrays.stream(labels).allMatch(label -> known[label]), labels, probabilities);
      }
      done += inside.length;
    }
    listener.progress(given.length, given.length);
    return scores;
  }

  /** What the scores of all rows say of their labels, by confident learning. */
  List<Judgement> judgements(RowScores[] scores) {
    var learning = new ConfidentLearning(rows.labels(), scores, sums, exclusive);
    return IntStream.range(0, scores.length).mapToObj(row -> learning.judge(rows.labelled().get(row), scores[row]))
        .toList();
  }

  /** Scores and judges all rows, in their order. */
  List<Judgement> judgements(TrainingListener listener) {
    return judgements(scores(listener));
  }

  /**
   * The probabilities of other texts by a model of all rows, once rows were judged.
   *
   * @return {@code [texts][labels]}
   */
  float[][] probabilitiesOf(SparseMatrix others) {
    int[][] given = given();
    LinearModel model = train(IntStream.range(0, given.length).toArray(), given);
    var probabilities = new float[others.rows()][];
    Arrays.setAll(probabilities, row -> probabilities(model.decisions(others, row), temperature));
    return probabilities;
  }

  private int[][] given() {
    return rows.labelled().stream().map(rows::labelsOf).toArray(int[][]::new);
  }

  private int[] folds() {
    boolean hasGroups = rows.labelled().stream().anyMatch(row -> row.row().meta().group() != null);
    Split split = Split.of(RowSource.of(rows.labelled().stream().map(AuditRow::row).toList()),
        SplitPlan.folds(options.folds(), options.seed())
            .withGrouping(hasGroups ? Grouping.COLUMN_AND_TEXT : Grouping.TEXT),
        ProblemListener.SILENT);
    return IntStream.range(0, rows.labelled().size()).map(split::partOf).toArray();
  }

  private LinearModel train(int[] chosen, int[][] given) {
    int labels = rows.labels().size();
    LabelTargets targets = exclusive
        ? LabelTargets.singleLabel(labels, Arrays.stream(chosen).map(row -> given[row][0]).toArray())
        : LabelTargets.multiLabel(labels, Arrays.stream(chosen).mapToObj(row -> given[row]).toList());
    return new LinearTrainer(CONFIG.withSeed(options.seed()), options.threads()).train(features.rows(chosen), targets)
        .model();
  }

  /** Logistic regressions that decide on several labels are probabilities as they are; a softmax of them is not. */
  private double fit(LinearModel model, SparseMatrix held, int[] inside, int[][] given) {
    if (!exclusive) {
      return 1;
    }
    int count = Math.clamp(TEMPERATURE_SCORES / rows.labels().size(), 1, inside.length);
    var decisions = new float[count][];
    Arrays.setAll(decisions, row -> model.decisions(held, row));
    int[] truth = IntStream.range(0, count).map(row -> given[inside[row]][0]).toArray();
    return Temperature.fitSoftmax(ScoreMatrix.of(decisions), truth).value();
  }

  private float[] probabilities(float[] decisions, double divisor) {
    ScoreMatrix one = ScoreMatrix.of(new float[][] {decisions});
    ScoreMatrix probabilities = exclusive ? one.softmax(divisor) : one.sigmoid(divisor);
    return probabilities.row(0);
  }
}
