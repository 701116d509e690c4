package crema.task;

import crema.metrics.HeldOutAnswers;
import crema.metrics.PrecisionThresholds;
import crema.metrics.ScoreMatrix;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What validation rows say of how far a model can be trusted.
 *
 * @param target the same target, calibrated, with what it answered to the rows
 * @param note for people, where a guarantee that was asked for cannot be given
 */
public record TrustFit(Target target, Optional<String> note) {
  /** The most rows that are kept; of more, they are taken at equal distances. */
  private static final int MOST_ROWS = 10_000;

  /** The fewest thousandths that are worth a guarantee. */
  private static final double LEAST_PRECISION = 0.001;

  /**
   * Calibrates a target.
   *
   * @param target its thresholds are chosen
   * @param answers of the run: what answers are to reach, if anything
   * @param rows the validation rows; with none the target stays as it is
   */
  public static TrustFit of(Target target, AnswerSettings answers, ScoredRows rows) {
    Optional<Guarantee> wanted = answers.guarantee();
    if (rows.isEmpty()) {
      return new TrustFit(target, wanted.map(_ -> "there are no validation rows to vouch for anything"));
    }
    Target calibrated = target.calibrated(answers, rows);
    Trust trust = calibrated.trust().with(heldOut(calibrated, rows));
    if (wanted.isEmpty()) {
      return new TrustFit(calibrated.with(trust), Optional.empty());
    }
    return switch (wanted.get()) {
      case Guarantee.Coverage coverage -> {
        double most = Math.floor(1000.0 * trust.heldOut().rows() / (trust.heldOut().rows() + 1)) / 1000;
        yield coverage.share() <= most
            ? new TrustFit(calibrated.with(trust.with(coverage)), Optional.empty())
            : new TrustFit(calibrated.with(trust.with(new Guarantee.Coverage(most))),
                Optional.of("a coverage of " + coverage.share() + " needs more validation rows: kept is " + most));
      }
      case Guarantee.Precision precision -> {
        PrecisionThresholds found = trust.precision(calibrated.tree(), precision.share());
        double most = Math.floor(found.precision() * 1000) / 1000;
        yield found.isReached() ? new TrustFit(calibrated.with(trust.with(precision)), Optional.empty())
            : most < LEAST_PRECISION
                ? new TrustFit(calibrated.with(trust), Optional.of(Trust.farthest(precision.share(), found)))
                : new TrustFit(calibrated.with(trust.with(new Guarantee.Precision(most))),
                    Optional.of(Trust.farthest(precision.share(), found) + ", which is kept"));
      }
    };
  }

  private static HeldOutAnswers heldOut(Target target, ScoredRows rows) {
    int count = Math.min(rows.truth().length, MOST_ROWS);
    ScoreMatrix probabilities = target.probabilities(rows.logits());
    int[][] decided = target.decide(rows.logits());
    var builder = new HeldOutAnswers.Builder();
    for (int i = 0; i < count; i++) {
      int row = (int) ((long) i * rows.truth().length / count);
      float[] scores = probabilities.row(row);
      int[] truth = rows.truth()[row];
      float least = 1;
      for (int label : truth) {
        least = Math.min(least, scores[label]);
      }
      builder.row(least);
      List<Integer> implied =
          Arrays.stream(truth).flatMap(label -> Arrays.stream(target.implied(label))).boxed().toList();
      for (int label : target.vouchable(scores, decided[row])) {
        builder.answer(label, scores[label], implied.contains(label));
      }
    }
    return builder.build();
  }
}
