package crema.nn.loss;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.autograd.op.CrossEntropy;
import crema.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Softmax cross-entropy for one label a row, with label smoothing and class weights:
 * {@link crema.tensor.LossOps#crossEntropy} gives the formula. Takes {@link Targets.Indices}, which
 * it uploads.
 */
public final class SoftmaxCrossEntropy implements Loss {
  private final float smoothing;
  private final float @Nullable [] classWeights;

  /** Neither smoothing nor weights. */
  public SoftmaxCrossEntropy() {
    this(0, null);
  }

  /**
   * Cross-entropy with options.
   *
   * @param smoothing the share of the probability that is spread over all labels, in [0, 1)
   * @param classWeights one weight a label, or null for ones
   */
  public SoftmaxCrossEntropy(float smoothing, float @Nullable [] classWeights) {
    if (!(smoothing >= 0 && smoothing < 1)) {
      throw new IllegalArgumentException("label smoothing must be in [0, 1), not " + smoothing);
    }
    this.smoothing = smoothing;
    this.classWeights = classWeights == null ? null : classWeights.clone();
  }

  @Override
  public Variable apply(Tape tape, Variable logits, Targets targets) {
    var labels = RowLabels.indices("softmax cross-entropy", logits, targets);
    Tensor weights = null;
    if (classWeights != null) {
      if (classWeights.length != labels.columns()) {
        throw new IllegalArgumentException(
            classWeights.length + " class weights for " + labels.columns() + " labels");
      }
      weights = tape.scope().empty(logits.value().dtype(), classWeights.length).set(classWeights);
    }
    Tensor uploaded = tape.scope().ints(labels.values(), labels.rows());
    return CrossEntropy.apply(tape, logits, uploaded, weights, smoothing);
  }
}
