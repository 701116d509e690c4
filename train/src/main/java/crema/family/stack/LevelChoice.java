package crema.family.stack;

import crema.metrics.ScoreMatrix;
import crema.run.ValidationMetric;
import crema.task.AnswerSettings;
import crema.task.ScoredRows;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Measures second levels by what each says of rows that it did not learn from: it is found on all folds but one and
 * measured on that, fold by fold.
 */
final class LevelChoice {
  private final ScoredMembers members;
  private final LevelScore score;
  private final int[] folds;
  /** Of the folds, each on all others, and last of all rows. */
  private final List<LevelFit> fits = new ArrayList<>();
  private final List<Measured> alone;

  /**
   * A choice.
   *
   * @param members what the members say
   * @param answers how answers are found
   * @param metric what decides
   */
  LevelChoice(ScoredMembers members, AnswerSettings answers, ValidationMetric metric) {
    this.members = members;
    score = new LevelScore(members.space(), answers, metric);
    folds = members.distinctFolds();
    for (int fold : folds) {
      fits.add(new LevelFit(members, members.learnable(row -> members.folds()[row] != fold)));
    }
    fits.add(new LevelFit(members, members.learnable(_ -> true)));
    alone = IntStream.range(0, members.members())
        .mapToObj(member -> measured(LevelKind.BEST, fit -> fit.alone(member))).toList();
  }

  /**
   * A second level and how good it is.
   *
   * @param kind what it is
   * @param level found on all rows
   * @param score of rows that the level did not learn from, all together; greater is better
   * @param deviation of the score over folds: the sample standard deviation
   * @param rows what was said of these rows
   * @param taught the same of the rows whose labels the models could know
   */
  record Measured(LevelKind kind, SecondLevel level, double score, double deviation, ScoredRows rows,
      ScoredRows taught) {
    /** For people. */
    String describe() {
      long used = Arrays.stream(level.weights()).filter(weight -> weight != 0).count();
      return String.format(Locale.ROOT, "%s, %.4f ± %.4f", switch (kind) {
        case AVERAGE -> "a weighted average of " + used + (used == 1 ? " model" : " models");
        case LOGISTIC -> "a logistic regression on " + used + " models";
        case BEST -> "the best model alone";
      }, score, deviation);
    }
  }

  /** Each member by itself. */
  List<Measured> alone() {
    return alone;
  }

  /** A level that combines all members. */
  Measured combined(LevelKind kind) {
    return switch (kind) {
      case AVERAGE -> measured(kind, LevelFit::average);
      case LOGISTIC -> measured(kind, LevelFit::logistic);
      case BEST -> bestAlone();
    };
  }

  /** What validates best: of equally good levels a member alone before a combination. */
  Measured best() {
    Measured best = bestAlone();
    if (members.members() > 1) {
      for (LevelKind kind : List.of(LevelKind.AVERAGE, LevelKind.LOGISTIC)) {
        Measured other = combined(kind);
        best = other.score() > best.score() ? other : best;
      }
    }
    return best;
  }

  /** The best of all members by themselves; of equally good ones the first. */
  private Measured bestAlone() {
    return alone.stream().reduce((one, other) -> other.score() > one.score() ? other : one).orElseThrow();
  }

  private Measured measured(LevelKind kind, Function<LevelFit, SecondLevel> find) {
    var logits = new float[members.rows()][];
    for (int i = 0; i < folds.length; i++) {
      SecondLevel level = find.apply(fits.get(i));
      for (int row = 0; row < logits.length; row++) {
        if (members.folds()[row] == folds[i]) {
          logits[row] = members.space().logits(level.probabilities(members.space(), members.of(row)));
        }
      }
    }
    double[] values = Arrays.stream(folds).mapToDouble(fold -> score.of(scored(logits,
        IntStream.range(0, logits.length).filter(row -> members.folds()[row] == fold).toArray()))).toArray();
    ScoredRows all = scored(logits, IntStream.range(0, logits.length).toArray());
    return new Measured(kind, find.apply(fits.getLast()), score.of(all), deviation(values), all,
        scored(logits, members.learnable(_ -> true)));
  }

  private ScoredRows scored(float[][] logits, int[] rows) {
    return new ScoredRows(ScoreMatrix.of(Arrays.stream(rows).mapToObj(row -> logits[row]).toArray(float[][]::new)),
        Arrays.stream(rows).mapToObj(row -> members.truth()[row]).toArray(int[][]::new), List.of(),
        Arrays.stream(rows).mapToDouble(row -> members.weights()[row]).toArray());
  }

  private static double deviation(double[] values) {
    double mean = Arrays.stream(values).average().orElseThrow();
    double squares = Arrays.stream(values).map(value -> (value - mean) * (value - mean)).sum();
    return values.length < 2 ? 0 : Math.sqrt(squares / (values.length - 1));
  }
}
