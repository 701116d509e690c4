package crema.tensor;

/** A parameter with its gradient and moments: one of the many that {@link OptimizerOps#adamWAll} updates. */
public sealed interface AdamWSlot {
  /** Updated. */
  Tensor parameter();

  /** Like the parameter, updated. */
  Tensor firstMoment();

  /** Like the parameter, updated. */
  Tensor secondMoment();

  /** The constants of this parameter's update. */
  AdamWStep step();

  /** The elements of the gradient that are not zero for certain. */
  Tensor gradientValues();

  /**
   * A parameter with a dense gradient.
   *
   * @param gradient like {@code parameter}
   */
  record Dense(Tensor parameter, Tensor gradient, Tensor firstMoment, Tensor secondMoment, AdamWStep step)
      implements AdamWSlot {
    @Override
    public Tensor gradientValues() {
      return gradient;
    }
  }

  /**
   * A parameter with a row-sparse gradient.
   *
   * @param parameter {@code [rows, columns]}
   */
  record Sparse(Tensor parameter, SparseRows gradient, Tensor firstMoment, Tensor secondMoment, AdamWStep step)
      implements AdamWSlot {
    @Override
    public Tensor gradientValues() {
      return gradient.values();
    }
  }
}
