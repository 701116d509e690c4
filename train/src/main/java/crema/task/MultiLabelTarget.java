package crema.task;

import crema.data.LabelSet;
import crema.metrics.ConfidenceCurve;
import crema.metrics.ConfidenceCurves;
import crema.metrics.MultiLabelOutcomes;
import crema.metrics.ScoreMatrix;
import crema.metrics.ThresholdSweep;
import crema.metrics.Thresholds;
import crema.nn.loss.Link;
import crema.settings.NumberOr;
import java.util.stream.IntStream;

/**
 * Any number of labels, each for itself.
 *
 * @param labels the labels
 * @param thresholds from which probability on a text has a label
 * @param trust how far the scores can be trusted
 */
public record MultiLabelTarget(LabelSet labels, Thresholds thresholds, Trust trust) implements Target {
  private static final double UNDECIDED = 0.5;
  /** Less probable labels are never given where answers must be sure. */
  static final float LEAST_VOUCHABLE = 0.05f;
  /** No probability reaches it, so that the nearest label is taken, which is the most probable one. */
  private static final double NEVER = 2;

  /** Any number of labels, with probabilities as the scores have them. */
  public MultiLabelTarget(LabelSet labels, Thresholds thresholds) {
    this(labels, thresholds, Trust.NONE);
  }

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
    return trust.confidence().sigmoid(logits);
  }

  @Override
  public MultiLabelTarget with(Trust other) {
    return new MultiLabelTarget(labels, thresholds, other);
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
  public MultiLabelTarget tuned(AnswerSettings answers, ScoredRows rows) {
    Thresholds chosen = switch (answers.threshold()) {
      case NumberOr.Number<ThresholdKind>(double given) -> Thresholds.global(given, labels.size());
      case NumberOr.Word<ThresholdKind>(ThresholdKind kind) when kind != ThresholdKind.ARGMAX && rows.isEmpty() ->
          Thresholds.global(UNDECIDED, labels.size());
      case NumberOr.Word<ThresholdKind>(ThresholdKind kind) -> switch (kind) {
        case GLOBAL -> Thresholds.global(sweep(answers, rows).best(answers.average()).threshold(), labels.size());
        case PER_LABEL -> Thresholds.fitPerLabel(probabilities(rows.logits()), rows.truth(), UNDECIDED);
        case ARGMAX -> Thresholds.global(NEVER, labels.size()).withAtLeastOne();
      };
    };
    return new MultiLabelTarget(labels, answers.isAtLeastOne() ? chosen.withAtLeastOne() : chosen,
        trust);
  }

  /** Labels that are at least a little probable, whatever their thresholds. */
  @Override
  public int[] vouchable(float[] probabilities, int[] decided) {
    return IntStream.range(0, probabilities.length).filter(label -> probabilities[label] >= LEAST_VOUCHABLE).toArray();
  }

  @Override
  public MultiLabelTarget calibrated(AnswerSettings answers, ScoredRows rows) {
    ConfidenceCurve curve = ConfidenceCurves.ofDecisions(rawProbabilities(rows.logits()), rows.truth());
    Thresholds mapped = answers.isThresholdGiven() ? thresholds : thresholds.map(curve::probability);
    return new MultiLabelTarget(labels, mapped, Trust.of(curve));
  }

  /** How the metrics of rows change with one threshold for all labels; those that are tried are of raw probabilities. */
  public ThresholdSweep sweep(AnswerSettings answers, ScoredRows rows) {
    return ThresholdSweep.of(rawProbabilities(rows.logits()), rows.truth(), answers.grid(), answers.isAtLeastOne())
        .map(trust.confidence());
  }

  /** A label of which no row told the threshold has that of all others, or if these differ, is more probable than not. */
  @Override
  public MultiLabelTarget withLabel(String name, long count) {
    var longer = new float[labels.size() + 1];
    boolean isGlobal = true;
    for (int label = 0; label < labels.size(); label++) {
      longer[label] = thresholds.value(label);
      isGlobal &= longer[label] == longer[0];
    }
    longer[labels.size()] = isGlobal ? longer[0] : (float) UNDECIDED;
    var all = Thresholds.perLabel(longer);
    return new MultiLabelTarget(labels.with(name, count), thresholds.isAtLeastOne() ? all.withAtLeastOne() : all,
        trust);
  }

  @Override
  public Link link() {
    return Link.SIGMOID;
  }
}
