package crema.tensor;

import org.jspecify.annotations.Nullable;

/** Losses with their gradients, from logits. */
public interface LossOps {
  /**
   * Softmax cross-entropy, averaged over rows as PyTorch's {@code cross_entropy} does.
   *
   * <p>With logits z, label y, smoothing ε, C classes and class weights w (ones when null), the loss of a row is
   * (1 − ε) · w[y] · (−log p[y]) + ε / C · Σⱼ w[j] · (−log p[j]), p = softmax(z) (label smoothing: Szegedy et al.,
   * arXiv 1512.00567, section 7); the mean divides by Σ w[y] over the rows. Rows whose label is negative do not count;
   * when none counts, loss and gradients are zero.
   *
   * @param logits {@code [rows, classes]}
   * @param labels {@code I32 [rows]}
   * @param classWeights {@code [classes]}, or null
   * @param smoothing ε in [0, 1)
   * @param loss {@code [1]}: receives the mean
   * @param dlogits {@code [rows, classes]}: receives the gradient of the mean; null when nobody needs it; may be
   *     {@code logits}
   */
  void crossEntropy(Tensor logits, Tensor labels, @Nullable Tensor classWeights, float smoothing, Tensor loss,
      @Nullable Tensor dlogits);
}
