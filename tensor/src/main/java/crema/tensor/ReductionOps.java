package crema.tensor;

/** Sums, softmax and pooling. */
public interface ReductionOps {
  /** y[0] = Σ x, or y[0] += Σ x. */
  void sum(Tensor x, Tensor y, Write write);

  /**
   * The sum over rows: y[j] = Σᵢ x[i, j], or y[j] += …: the gradient of what was broadcast over rows.
   *
   * @param x {@code [rows, columns]}, where columns is the number of elements of {@code y}
   * @param y {@code [columns]}
   */
  void sumRows(Tensor x, Tensor y, Write write);

  /** Σ x², on the host: what global-norm clipping needs. */
  double sumOfSquares(Tensor x);

  /** Whether every element is a number: neither NaN nor infinite. */
  boolean isFinite(Tensor x);

  /** y = softmax of each row of x. */
  void softmax(Tensor x, Tensor y);

  /** dx = y · (dy − Σⱼ yⱼ dyⱼ) for each row, y being softmax's output. */
  void softmaxBackward(Tensor y, Tensor dy, Tensor dx);

  /** y = x − log Σⱼ exp xⱼ for each row. */
  void logSoftmax(Tensor x, Tensor y);

  /** dx = dy − exp(y) · Σⱼ dyⱼ for each row, y being logSoftmax's output. */
  void logSoftmaxBackward(Tensor y, Tensor dy, Tensor dx);

  /**
   * One vector a sequence.
   *
   * @param x {@code [tokens, features]}
   * @param y {@code [sequences, features]}
   */
  void pool(Pooling pooling, Tensor x, Sequences sequences, Tensor y);

  /**
   * The gradient of {@link #pool}. Of equal maxima the first token receives the gradient.
   *
   * @param x what was pooled, {@code [tokens, features]}
   * @param dy {@code [sequences, features]}
   * @param dx {@code [tokens, features]}
   */
  void poolBackward(Pooling pooling, Tensor x, Sequences sequences, Tensor dy, Tensor dx);
}
