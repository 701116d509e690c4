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
import java.util.stream.DoubleStream;
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
   * @param byFold the levels that said it, each found without a fold
   */
  record Measured(LevelKind kind, SecondLevel level, double score, double deviation, ScoredRows rows,
      List<SecondLevel> byFold) {
    /** Copies the list. */
    Measured {
      byFold = List.copyOf(byFold);
    }

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

  /**
   * What a model of all rows may be expected to say of rows that are not among them: what was said of the rows by models
   * of the other folds, with what is true as much more certain as these are more certain of it than models of fewer rows.
   * Rows with labels that those could not know are left out, as texts of unknown labels are in a test.
   *
   * @param chosen the second level
   * @param fewer what models of fewer rows say; none to take the models of folds as they are
   */
  ScoredRows expected(Measured chosen, List<FewerRows> fewer) {
    AnswerSpace space = members.space();
    Growth ofTrue = growth(chosen, fewer, true);
    Growth ofFalse = space.isExclusive() ? Growth.NONE : growth(chosen, fewer, false);
    var logits = new float[members.rows()][];
    int[] taught = members.learnable(_ -> true);
    for (int row : taught) {
      SecondLevel level = chosen.byFold().get(Arrays.binarySearch(folds, members.folds()[row]));
      double[] probabilities = level.probabilities(space, members.of(row));
      space.raise(probabilities, space.answers(members.truth()[row]), ofTrue::grown, ofFalse::grown);
      logits[row] = space.logits(probabilities);
    }
    return scored(logits, taught);
  }

  /** How sure of what is true, or of what is not, models are with more rows. */
  private Growth growth(Measured chosen, List<FewerRows> fewer, boolean isTrue) {
    AnswerSpace space = members.space();
    DoubleStream.Builder before = DoubleStream.builder();
    DoubleStream.Builder after = DoubleStream.builder();
    for (FewerRows each : fewer) {
      int[] rows = IntStream.range(0, members.rows()).filter(row -> members.folds()[row] == each.fold()).toArray();
      for (int i = 0; i < rows.length; i++) {
        if (each.taught()[i]) {
          int[] truth = space.answers(members.truth()[rows[i]]);
          space.logOdds(chosen.level().probabilities(space, each.of(i)), truth, isTrue).forEach(before::add);
          space.logOdds(chosen.level().probabilities(space, members.of(rows[i])), truth, isTrue).forEach(after::add);
        }
      }
    }
    return Growth.of(before.build().toArray(), after.build().toArray());
  }

  /** The best of all members by themselves; of equally good ones the first. */
  private Measured bestAlone() {
    return alone.stream().reduce((one, other) -> other.score() > one.score() ? other : one).orElseThrow();
  }

  private Measured measured(LevelKind kind, Function<LevelFit, SecondLevel> find) {
    var logits = new float[members.rows()][];
    var byFold = new ArrayList<SecondLevel>();
    for (int i = 0; i < folds.length; i++) {
      SecondLevel level = find.apply(fits.get(i));
      byFold.add(level);
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
        byFold);
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
