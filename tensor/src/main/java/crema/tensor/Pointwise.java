package crema.tensor;

import crema.base.Rng;
import crema.tensor.reference.ReferenceCall;
import org.jspecify.annotations.Nullable;

/** Ops on each element, and the fused ones around them. Unless said otherwise, outputs may be the inputs themselves. */
public interface Pointwise {
  /** Sets every element of {@code x}: {@code F32}, {@code F64} or {@code I32}. */
  default void fill(double value, Tensor x) {
    ReferenceCall.run(x.backend(), call -> call.backend().pointwise().fill(value, call.out(x)));
  }

  /** y = x, of the same type and number of elements. */
  default void copy(Tensor x, Tensor y) {
    ReferenceCall.run(y.backend(), call -> call.backend().pointwise().copy(call.in(x), call.out(y)));
  }

  /** y = f(x). */
  default void activate(Activation f, Tensor x, Tensor y) {
    ReferenceCall.run(y.backend(), call -> call.backend().pointwise().activate(f, call.in(x), call.out(y)));
  }

  /**
   * dx = dy · f′(x), or dx += dy · f′(x).
   *
   * @param x what f was applied to
   */
  default void activateBackward(Activation f, Tensor x, Tensor dy, Tensor dx, boolean accumulate) {
    ReferenceCall.run(dx.backend(), call -> call.backend().pointwise().activateBackward(
        f, call.in(x), call.in(dy), accumulate ? call.inOut(dx) : call.out(dx), accumulate));
  }

  /**
   * y = a ∘ b, where b's shape is a's or its innermost dimensions (b is repeated along the others).
   *
   * @param b as long as {@code a}, or a divisor of it
   */
  default void binary(BinaryOperator operator, Tensor a, Tensor b, Tensor y) {
    ReferenceCall.run(y.backend(), call -> call.backend().pointwise().binary(
        operator, call.in(a), call.in(b), call.out(y)));
  }

  /** y = factor · x. */
  default void scale(double factor, Tensor x, Tensor y) {
    ReferenceCall.run(y.backend(), call -> call.backend().pointwise().scale(factor, call.in(x), call.out(y)));
  }

  /** y += factor · x. */
  default void addScaled(double factor, Tensor x, Tensor y) {
    ReferenceCall.run(y.backend(), call -> call.backend().pointwise().addScaled(factor, call.in(x), call.inOut(y)));
  }

  /** y = silu(gate) · up (Shazeer, "GLU variants improve transformer", arXiv 2002.05202). */
  default void swiglu(Tensor gate, Tensor up, Tensor y) {
    ReferenceCall.run(y.backend(), call -> call.backend().pointwise().swiglu(
        call.in(gate), call.in(up), call.out(y)));
  }

  /** The gradients of {@link #swiglu}. {@code dgate} may be {@code gate} and {@code dup} may be {@code up}. */
  default void swigluBackward(Tensor gate, Tensor up, Tensor dy, Tensor dgate, Tensor dup) {
    ReferenceCall.run(dgate.backend(), call -> call.backend().pointwise().swigluBackward(
        call.in(gate), call.in(up), call.in(dy), call.out(dgate), call.out(dup)));
  }

  /**
   * y = x · keep / (1 − p), where element i is kept when {@code random.uniform(i) >= p}. It is its own backward pass.
   *
   * @param p the probability that an element is dropped, in [0, 1)
   */
  default void dropout(Tensor x, float p, Rng.Stream random, Tensor y) {
    ReferenceCall.run(y.backend(), call -> call.backend().pointwise().dropout(call.in(x), p, random, call.out(y)));
  }

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
  default void residual(Tensor x, Tensor branch, @Nullable Tensor gamma, Sequences sequences, float p,
      Rng.@Nullable Stream random, Tensor y) {
    ReferenceCall.run(y.backend(), call -> call.backend().pointwise().residual(call.in(x), call.in(branch),
        call.inOrNull(gamma), call.in(sequences), p, random, call.out(y)));
  }

  /**
   * The gradients of {@link #residual} with respect to the branch and gamma; that of x is dy itself.
   *
   * @param dbranch {@code [tokens, features]}, overwritten
   * @param dgamma {@code [features]}, added to; null when there is no gamma or nobody needs it
   */
  default void residualBackward(Tensor branch, @Nullable Tensor gamma, Sequences sequences, float p,
      Rng.@Nullable Stream random, Tensor dy, Tensor dbranch, @Nullable Tensor dgamma) {
    ReferenceCall.run(dy.backend(), call -> call.backend().pointwise().residualBackward(call.in(branch),
        call.inOrNull(gamma), call.in(sequences), p, random, call.in(dy), call.out(dbranch),
        call.inOutOrNull(dgamma)));
  }
}
