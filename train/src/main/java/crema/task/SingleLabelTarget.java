package crema.task;

import crema.data.LabelSet;
import crema.metrics.Outcomes;
import crema.metrics.ScoreMatrix;
import crema.metrics.SingleLabelOutcomes;
import crema.nn.loss.Link;
import java.util.Arrays;

/**
 * One of several labels: the most probable one, where the probabilities of a text sum to 1.
 *
 * @param labels the labels
 */
public record SingleLabelTarget(LabelSet labels) implements Target {
  @Override
  public TargetKind kind() {
    return TargetKind.SINGLE;
  }

  @Override
  public ScoreMatrix probabilities(ScoreMatrix logits) {
    return logits.softmax(1);
  }

  @Override
  public int[][] decide(ScoreMatrix logits) {
    return Arrays.stream(logits.best()).mapToObj(best -> new int[] {best}).toArray(int[][]::new);
  }

  @Override
  public Outcomes outcomes(int[][] truth, int[][] answers) {
    return SingleLabelOutcomes.of(truth, answers, labels.size());
  }

  @Override
  public Link link() {
    return Link.SOFTMAX;
  }
}
