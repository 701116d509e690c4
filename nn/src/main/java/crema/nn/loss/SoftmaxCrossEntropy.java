package crema.nn.loss;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.autograd.op.CrossEntropy;
import crema.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Softmax cross-entropy for one label a row, with label smoothing and class weights:
 * {@link crema.tensor.LossOps#crossEntropy} gives the formula. Targets are class indices {@code I32 [rows]}; rows with a
 * negative one do not count.
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
   * @param smoothing the share of the probability that is spread over all classes, in [0, 1)
   * @param classWeights one weight a class, or null for ones
   */
  public SoftmaxCrossEntropy(float smoothing, float @Nullable [] classWeights) {
    if (!(smoothing >= 0 && smoothing < 1)) {
      throw new IllegalArgumentException("label smoothing must be in [0, 1), not " + smoothing);
    }
    this.smoothing = smoothing;
    this.classWeights = classWeights == null ? null : classWeights.clone();
  }

  @Override
  public Variable apply(Tape tape, Variable logits, Tensor targets) {
    long classes = logits.shape().columns();
    Tensor weights = null;
    if (classWeights != null) {
      if (classWeights.length != classes) {
        throw new IllegalArgumentException(classWeights.length + " class weights for " + classes + " classes");
      }
      weights = tape.scope().empty(logits.value().dtype(), classes).set(classWeights);
    }
    return CrossEntropy.apply(tape, logits, targets, weights, smoothing);
  }
}
