package crema.task;

import crema.data.LabelSet;
import crema.data.PackedBatch;
import crema.metrics.Outcomes;
import crema.metrics.ScoreMatrix;
import crema.nn.loss.Loss;
import crema.tensor.Scope;
import crema.tensor.Tensor;
import java.util.stream.IntStream;

/**
 * What a model predicts: how the labels of rows become targets of a loss, and how logits become probabilities and
 * answers. Immutable.
 */
public sealed interface Target permits SingleLabelTarget, MultiLabelTarget, TaxonomyTarget {
  /**
   * What there is to predict before training.
   *
   * @param reading how labels are read
   * @param labels of the training rows
   * @param scoring what logits mean, if labels are paths
   * @param decision how paths are found
   */
  static Target of(LabelConfig reading, LabelSet labels, NodeScoring scoring, DecisionConfig decision) {
    return switch (reading.kind()) {
      case SINGLE -> new SingleLabelTarget(labels);
      case MULTI -> MultiLabelTarget.of(labels);
      case TAXONOMY -> TaxonomyTarget.of(labels, reading.pathSeparator(), scoring, decision.treeDecoding());
    };
  }

  /** The labels, of which each has a column in the logits. */
  LabelSet labels();

  /** The kind. */
  TargetKind kind();

  /** The probability of each label. */
  ScoreMatrix probabilities(ScoreMatrix logits);

  /** The labels that are answered for each text, ascending, {@code [texts][]}. */
  int[][] decide(ScoreMatrix logits);

  /** The labels that may be an answer, ascending. */
  default int[] candidates() {
    return IntStream.range(0, labels().size()).toArray();
  }

  /** Truth and answers, to be measured. */
  Outcomes outcomes(int[][] truth, int[][] answers);

  /** What a model said of labelled rows, to be measured. */
  default Outcomes outcomes(ScoredRows rows) {
    return outcomes(rows.truth(), decide(rows.logits()));
  }

  /**
   * The same with thresholds chosen on validation rows, where there are any to choose.
   *
   * @param rows the validation rows
   */
  default Target tuned(DecisionConfig config, ScoredRows rows) {
    return this;
  }

  /** The loss without weights, smoothing or focus. */
  Loss plainLoss();

  /** The number of levels of labels. */
  default int depth() {
    return 1;
  }

  /** The one label of each sequence: {@code I32 [sequences]}. */
  default Tensor indices(Scope scope, PackedBatch batch) {
    return scope.ints(batch.labels(), batch.sequences());
  }

  /** The labels that a text has if it has one: that label and those above it. */
  default int[] implied(int label) {
    return new int[] {label};
  }

  /** 1 for each label that a sequence has, 0 for others: {@code [sequences, labels]}. */
  default Tensor multiHot(Scope scope, PackedBatch batch) {
    int labels = labels().size();
    var targets = new float[batch.sequences() * labels];
    for (int row = 0; row < batch.sequences(); row++) {
      for (int label : batch.labels(row)) {
        for (int each : implied(label)) {
          targets[row * labels + each] = 1;
        }
      }
    }
    return scope.floats(targets, batch.sequences(), labels);
  }
}
