package crema.task;

import crema.data.LabelSet;
import crema.metrics.ConfidenceCurves;
import crema.metrics.LabelOffsets;
import crema.metrics.Metric;
import crema.metrics.Outcomes;
import crema.metrics.ScoreMatrix;
import crema.metrics.SingleLabelOutcomes;
import crema.nn.loss.Link;
import java.util.Arrays;

/**
 * One of several labels: the most probable one, where the probabilities of a text sum to 1, or the one that is with an
 * offset a label.
 *
 * @param labels the labels
 * @param offsets what is added to the logits before the highest decides; probabilities are those without
 * @param trust how far the scores can be trusted
 */
public record SingleLabelTarget(LabelSet labels, LabelOffsets offsets, Trust trust) implements Target {
  /** The most probable label, with probabilities as the scores have them. */
  public SingleLabelTarget(LabelSet labels) {
    this(labels, LabelOffsets.none(labels.size()));
  }

  /** One label, with probabilities as the scores have them. */
  public SingleLabelTarget(LabelSet labels, LabelOffsets offsets) {
    this(labels, offsets, Trust.NONE);
  }

  @Override
  public SingleLabelTarget with(Trust other) {
    return new SingleLabelTarget(labels, offsets, other);
  }

  @Override
  public TargetKind kind() {
    return TargetKind.SINGLE;
  }

  @Override
  public ScoreMatrix probabilities(ScoreMatrix logits) {
    return trust.confidence().softmax(logits);
  }

  @Override
  public int[][] decide(ScoreMatrix logits) {
    return Arrays.stream(offsets.addedTo(logits).best()).mapToObj(best -> new int[] {best}).toArray(int[][]::new);
  }

  @Override
  public ScoreMatrix preferences(ScoreMatrix logits) {
    return offsets.isNone() ? rawProbabilities(logits) : offsets.addedTo(logits);
  }

  @Override
  public SingleLabelTarget tuned(AnswerSettings answers, ScoredRows rows) {
    return answers.decision() == Metric.ACCURACY || rows.isEmpty() ? this : new SingleLabelTarget(labels,
        LabelOffsets.fitMacroF1(rows.logits(), onlyLabels(rows)), trust);
  }

  @Override
  public SingleLabelTarget calibrated(AnswerSettings answers, ScoredRows rows) {
    return with(Trust.of(ConfidenceCurves.ofBest(rows.logits(), onlyLabels(rows))));
  }

  private static int[] onlyLabels(ScoredRows rows) {
    return Arrays.stream(rows.truth()).mapToInt(row -> row[0]).toArray();
  }

  @Override
  public Outcomes outcomes(int[][] truth, int[][] answers) {
    return SingleLabelOutcomes.of(truth, answers, labels.size());
  }

  @Override
  public SingleLabelTarget withLabel(String name, long count) {
    var longer = new float[labels.size() + 1];
    for (int label = 0; label < labels.size(); label++) {
      longer[label] = offsets.value(label);
    }
    return new SingleLabelTarget(labels.with(name, count), LabelOffsets.of(longer), trust);
  }

  @Override
  public Link link() {
    return Link.SOFTMAX;
  }
}
