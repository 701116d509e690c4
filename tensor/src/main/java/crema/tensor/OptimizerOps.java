package crema.tensor;

import java.util.List;

/** Updates of parameters, in place. */
public interface OptimizerOps {
  /**
   * AdamW (Loshchilov and Hutter, "Decoupled weight decay regularization", arXiv 1711.05101, algorithm 2), with the
   * arrangement of PyTorch's {@code AdamW}.
   *
   * @param parameter updated
   * @param gradient like {@code parameter}
   * @param firstMoment like {@code parameter}, updated
   * @param secondMoment like {@code parameter}, updated
   */
  void adamW(Tensor parameter, Tensor gradient, Tensor firstMoment, Tensor secondMoment, AdamWStep step);

  /**
   * {@link #adamW} with a row-sparse gradient: the same result as with the dense gradient, whose other rows are zero
   * (their moments decay and still move the parameter), without ever making it.
   *
   * @param parameter {@code [rows, columns]}, updated
   */
  void adamWSparse(Tensor parameter, SparseRows gradient, Tensor firstMoment, Tensor secondMoment,
      AdamWStep step);

  /**
   * Clips the gradients of many parameters by their global norm and updates all of them ({@link #adamW}, {@link
   * #adamWSparse}).
   *
   * <p>Gradients whose norm, over all slots, is above {@code maxNorm} count as scaled down to it: by maxNorm / (norm +
   * 1e-6) (Pascanu et al., arXiv 1211.5063, algorithm 1, with PyTorch's denominator). If the norm is not a finite
   * number, nothing is updated.
   *
   * @param slots the parameters; the {@link AdamWStep#gradientScale} of each multiplies the clipping's
   * @param maxNorm positive; infinite for no clipping
   * @return the norm before clipping: the root of the sum of squares of all gradients
   */
  Deferred adamWAll(List<AdamWSlot> slots, double maxNorm);

  /** Stochastic gradient descent: parameter −= learningRate · gradientScale · gradient. */
  void sgd(Tensor parameter, Tensor gradient, double learningRate, double gradientScale);
}
