package crema.tensor;


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

  /** Stochastic gradient descent: parameter −= learningRate · gradientScale · gradient. */
  void sgd(Tensor parameter, Tensor gradient, double learningRate, double gradientScale);
}
