package crema.family.fusion;

import crema.metrics.ScoreMatrix;
import crema.nn.model.fusion.Presence;
import crema.run.ValidationMetric;
import crema.run.Validator;
import crema.task.ScoredRows;
import java.util.Arrays;
import java.util.List;

/** What the models of texts and of pictures and the network of both say of the validation rows, and how they are mixed best. */
final class FusionScores {
  /** Weights that are tried for what the models of texts and of pictures say; that of the network is 1, or 0. */
  private static final double[] WEIGHTS = {0, 0.5, 1, 2};

  private final FusionRows rows;
  private final FusionTraining training;
  private final Validator validator;
  private final ValidationMetric metric;
  private final Presence all;
  private final List<float[]> joined;

  /**
   * Asks a network about all rows.
   *
   * @param metric decides which mix is best
   */
  FusionScores(FusionRows rows, FusionTraining training, Validator validator, ValidationMetric metric) {
    this.rows = rows;
    this.training = training;
    this.validator = validator;
    this.metric = metric;
    var every = new int[rows.size()];
    Arrays.setAll(every, i -> i);
    all = rows.presence(every);
    joined = training.logits(rows, all);
  }

  /** Which rows have a text, and which a picture. */
  Presence all() {
    return all;
  }

  /** Whether there are no rows. */
  boolean isEmpty() {
    return rows.size() == 0;
  }

  /** What a mix says of all rows, with only those texts and pictures that count. */
  ScoredRows said(FusionMix mix, Presence presence) {
    int labels = validator.target().labels().size();
    if (isEmpty()) {
      return ScoredRows.none(labels);
    }
    List<float[]> ofBoth = presence == all ? joined : training.logits(rows, presence);
    ScoreMatrix.Builder logits = ScoreMatrix.builder(labels);
    for (int row = 0; row < rows.size(); row++) {
      logits.add(mix.logits(rows.said(row), ofBoth.get(row), presence, row));
    }
    return new ScoredRows(logits.build(), rows.labels(), List.of(), rows.weights());
  }

  /** What the metric says of a mix. */
  double value(FusionMix mix, Presence presence) {
    return validator.validate(said(mix, presence), Double.NaN, 0, 0, System.nanoTime()).value();
  }

  /** The weights with the best metric: no worse than the texts alone, or any other of the three. Of equals the first. */
  FusionMix best() {
    if (isEmpty() || metric.metric().isEmpty()) {
      return FusionMix.ALL;
    }
    FusionMix best = FusionMix.ALL;
    double most = value(best, all);
    for (double text : WEIGHTS) {
      for (double picture : WEIGHTS) {
        for (double both : new double[] {1, 0}) {
          if (text + picture + both > 0) {
            var mix = new FusionMix(text, picture, both);
            double value = value(mix, all);
            if (value > most) {
              best = mix;
              most = value;
            }
          }
        }
      }
    }
    return best;
  }
}
