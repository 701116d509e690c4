package crema.task;

import crema.data.LabelSet;
import crema.metrics.MultiLabelOutcomes;
import crema.metrics.ScoreMatrix;
import crema.metrics.ThresholdSweep;
import crema.metrics.Thresholds;
import crema.nn.loss.Link;

/**
 * Any number of labels, each for itself.
 *
 * @param labels the labels
 * @param thresholds from which probability on a text has a label
 */
public record MultiLabelTarget(LabelSet labels, Thresholds thresholds) implements Target {
  private static final double UNDECIDED = 0.5;
  /** No probability reaches it, so that the nearest label is taken, which is the most probable one. */
  private static final double NEVER = 2;

  /** Labels that a text has if they are more probable than not. */
  public static MultiLabelTarget of(LabelSet labels) {
    return new MultiLabelTarget(labels, Thresholds.global(UNDECIDED, labels.size()));
  }

  @Override
  public TargetKind kind() {
    return TargetKind.MULTI;
  }

  @Override
  public ScoreMatrix probabilities(ScoreMatrix logits) {
    return logits.sigmoid(1);
  }

  @Override
  public int[][] decide(ScoreMatrix logits) {
    return thresholds.decode(probabilities(logits));
  }

  @Override
  public MultiLabelOutcomes outcomes(int[][] truth, int[][] answers) {
    return MultiLabelOutcomes.of(truth, answers, labels.size());
  }

  @Override
  public MultiLabelTarget tuned(DecisionConfig config, ScoredRows rows) {
    Thresholds chosen = switch (config.threshold()) {
      case "global" -> Thresholds.global(sweep(config, rows).best(config.average()).threshold(), labels.size());
      case "per-label" -> Thresholds.fitPerLabel(probabilities(rows.logits()), rows.truth(), UNDECIDED);
      case "argmax" -> Thresholds.global(NEVER, labels.size()).withAtLeastOne();
      default -> Thresholds.global(config.givenThreshold(), labels.size());
    };
    return new MultiLabelTarget(labels, config.atLeastOne() ? chosen.withAtLeastOne() : chosen);
  }

  /** How the metrics of rows change with one threshold for all labels. */
  public ThresholdSweep sweep(DecisionConfig config, ScoredRows rows) {
    return ThresholdSweep.of(probabilities(rows.logits()), rows.truth(), config.grid(), config.atLeastOne());
  }

  @Override
  public Link link() {
    return Link.SIGMOID;
  }
}
