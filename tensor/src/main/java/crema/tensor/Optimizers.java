package crema.tensor;

import crema.tensor.reference.ReferenceCall;

/** Updates of parameters, in place. */
public interface Optimizers {
  /**
   * AdamW (Loshchilov and Hutter, "Decoupled weight decay regularization", arXiv 1711.05101, algorithm 2), with the
   * arrangement of PyTorch's {@code AdamW}.
   *
   * @param parameter updated
   * @param gradient like {@code parameter}
   * @param firstMoment like {@code parameter}, updated
   * @param secondMoment like {@code parameter}, updated
   */
  default void adamW(Tensor parameter, Tensor gradient, Tensor firstMoment, Tensor secondMoment, AdamWStep step) {
    ReferenceCall.run(parameter.backend(), call -> call.backend().optimizers().adamW(
        call.inOut(parameter), call.in(gradient), call.inOut(firstMoment), call.inOut(secondMoment), step));
  }

  /**
   * {@link #adamW} with a row-sparse gradient: the same result as with the dense gradient, whose other rows are zero
   * (their moments decay and still move the parameter), without ever making it.
   *
   * @param parameter {@code [rows, columns]}, updated
   */
  default void adamWSparse(Tensor parameter, SparseRows gradient, Tensor firstMoment, Tensor secondMoment,
      AdamWStep step) {
    ReferenceCall.run(parameter.backend(), call -> call.backend().optimizers().adamWSparse(
        call.inOut(parameter), call.in(gradient), call.inOut(firstMoment), call.inOut(secondMoment), step));
  }

  /** Stochastic gradient descent: parameter −= learningRate · gradientScale · gradient. */
  default void sgd(Tensor parameter, Tensor gradient, double learningRate, double gradientScale) {
    ReferenceCall.run(parameter.backend(), call -> call.backend().pointwise().addScaled(
        -learningRate * gradientScale, call.in(gradient), call.inOut(parameter)));
  }
}
