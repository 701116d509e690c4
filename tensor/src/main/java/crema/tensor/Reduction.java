package crema.tensor;

import crema.tensor.reference.ReferenceCall;

/** Sums, softmax and pooling. */
public interface Reduction {
  /** y[0] = Σ x, or y[0] += Σ x. */
  default void sum(Tensor x, Tensor y, boolean accumulate) {
    ReferenceCall.run(y.backend(), call -> call.backend().reduction().sum(
        call.in(x), accumulate ? call.inOut(y) : call.out(y), accumulate));
  }

  /**
   * The sum over rows: y[j] = Σᵢ x[i, j], or y[j] += …: the gradient of what was broadcast over rows.
   *
   * @param x {@code [rows, columns]}, where columns is the number of elements of {@code y}
   * @param y {@code [columns]}
   */
  default void sumRows(Tensor x, Tensor y, boolean accumulate) {
    ReferenceCall.run(y.backend(), call -> call.backend().reduction().sumRows(
        call.in(x), accumulate ? call.inOut(y) : call.out(y), accumulate));
  }

  /** Σ x², on the host: what global-norm clipping needs. */
  default double sumOfSquares(Tensor x) {
    return ReferenceCall.compute(x.backend(), call -> call.backend().reduction().sumOfSquares(call.in(x)));
  }

  /** Whether every element is a number: neither NaN nor infinite. */
  default boolean isFinite(Tensor x) {
    return ReferenceCall.compute(x.backend(), call -> call.backend().reduction().isFinite(call.in(x)));
  }

  /** y = softmax of each row of x. */
  default void softmax(Tensor x, Tensor y) {
    ReferenceCall.run(y.backend(), call -> call.backend().reduction().softmax(call.in(x), call.out(y)));
  }

  /** dx = y · (dy − Σⱼ yⱼ dyⱼ) for each row, y being softmax's output. */
  default void softmaxBackward(Tensor y, Tensor dy, Tensor dx) {
    ReferenceCall.run(dx.backend(), call -> call.backend().reduction().softmaxBackward(
        call.in(y), call.in(dy), call.out(dx)));
  }

  /** y = x − log Σⱼ exp xⱼ for each row. */
  default void logSoftmax(Tensor x, Tensor y) {
    ReferenceCall.run(y.backend(), call -> call.backend().reduction().logSoftmax(call.in(x), call.out(y)));
  }

  /** dx = dy − exp(y) · Σⱼ dyⱼ for each row, y being logSoftmax's output. */
  default void logSoftmaxBackward(Tensor y, Tensor dy, Tensor dx) {
    ReferenceCall.run(dx.backend(), call -> call.backend().reduction().logSoftmaxBackward(
        call.in(y), call.in(dy), call.out(dx)));
  }

  /**
   * One vector a sequence.
   *
   * @param x {@code [tokens, features]}
   * @param y {@code [sequences, features]}
   */
  default void pool(Pooling pooling, Tensor x, Sequences sequences, Tensor y) {
    ReferenceCall.run(y.backend(), call -> call.backend().reduction().pool(
        pooling, call.in(x), call.in(sequences), call.out(y)));
  }

  /**
   * The gradient of {@link #pool}. Of equal maxima the first token receives the gradient.
   *
   * @param x what was pooled, {@code [tokens, features]}
   * @param dy {@code [sequences, features]}
   * @param dx {@code [tokens, features]}
   */
  default void poolBackward(Pooling pooling, Tensor x, Sequences sequences, Tensor dy, Tensor dx) {
    ReferenceCall.run(dx.backend(), call -> call.backend().reduction().poolBackward(
        pooling, call.in(x), call.in(sequences), call.in(dy), call.out(dx)));
  }
}
