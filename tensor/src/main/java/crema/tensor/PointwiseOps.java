package crema.tensor;

import crema.base.Rng;
import org.jspecify.annotations.Nullable;

/** Ops on each element, and the fused ones around them. Unless said otherwise, outputs may be the inputs themselves. */
public interface PointwiseOps {
  /** Sets every element of {@code x}: {@code F32}, {@code F64} or {@code I32}. */
  void fill(double value, Tensor x);

  /**
   * y = x, of the same number of elements; of the same type or, where the backend has both, another one for real numbers,
   * to which elements are rounded.
   */
  void copy(Tensor x, Tensor y);

  /**
   * Some columns: y[i, j] = x[i, from + j].
   *
   * @param x {@code [rows, columns]}
   * @param from the first of as many columns as {@code y} has
   * @param y {@code [rows, fewer columns]}; not part of {@code x}
   */
  void copyColumns(Tensor x, long from, Tensor y);

  /**
   * Overwrites some columns: y[i, from + j] = x[i, j].
   *
   * @param x {@code [rows, fewer columns]}
   * @param from the first of as many columns as {@code x} has
   * @param y {@code [rows, columns]}; its other columns keep their values
   */
  void setColumns(Tensor x, long from, Tensor y);

  /** y = f(x). */
  void activate(Activation f, Tensor x, Tensor y);

  /**
   * dx = dy · f′(x), or dx += dy · f′(x).
   *
   * @param x what f was applied to
   */
  void activateBackward(Activation f, Tensor x, Tensor dy, Tensor dx, Write write);

  /**
   * y = a ∘ b, where b's shape is a's or its innermost dimensions (b is repeated along the others).
   *
   * @param b as long as {@code a}, or a divisor of it
   */
  void binary(BinaryOperator operator, Tensor a, Tensor b, Tensor y);

  /** y = factor · x. */
  void scale(double factor, Tensor x, Tensor y);

  /** y += factor · x. */
  void addScaled(double factor, Tensor x, Tensor y);

  /** y = silu(gate) · up (Shazeer, "GLU variants improve transformer", arXiv 2002.05202). */
  void swiglu(Tensor gate, Tensor up, Tensor y);

  /** The gradients of {@link #swiglu}. {@code dgate} may be {@code gate} and {@code dup} may be {@code up}. */
  void swigluBackward(Tensor gate, Tensor up, Tensor dy, Tensor dgate, Tensor dup);

  /**
   * y = x · keep / (1 − p), where element i is kept when {@code random.uniform(i) >= p}. It is its own backward pass.
   *
   * @param p the probability that an element is dropped, in [0, 1)
   */
  void dropout(Tensor x, float p, Rng.Stream random, Tensor y);

  /**
   * y = x + gamma · keep(sequence) / (1 − p) · branch: a residual connection with LayerScale (Touvron et al., arXiv
   * 2103.17239) and stochastic depth (Huang et al., arXiv 1603.09382), which drops the branch for whole sequences:
   * sequence s is kept when {@code random.uniform(s) >= p}.
   *
   * @param x {@code [tokens, features]}
   * @param branch {@code [tokens, features]}
   * @param gamma {@code [features]}, or null for ones
   * @param sequences how the tokens are cut
   * @param p the probability that a sequence's branch is dropped, in [0, 1)
   * @param random draws the sequences; null only when p is 0
   * @param y {@code [tokens, features]}
   */
  void residual(Tensor x, Tensor branch, @Nullable Tensor gamma, Sequences sequences, float p,
      Rng.@Nullable Stream random, Tensor y);

  /**
   * The gradients of {@link #residual} with respect to the branch and gamma; that of x is dy itself.
   *
   * @param dbranch {@code [tokens, features]}, overwritten
   * @param dgamma {@code [features]}, added to; null when there is no gamma or nobody needs it
   */
  void residualBackward(Tensor branch, @Nullable Tensor gamma, Sequences sequences, float p,
      Rng.@Nullable Stream random, Tensor dy, Tensor dbranch, @Nullable Tensor dgamma);
}
