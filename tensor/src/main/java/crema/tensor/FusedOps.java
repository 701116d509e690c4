package crema.tensor;

import crema.base.Rng;
import org.jspecify.annotations.Nullable;

/**
 * Coarse ops that a backend may run as one kernel. Each is specified as a composition of ops of the other families;
 * {@link ComposedOps} is that composition, for backends to which fusing gains nothing. Gradients of activations are
 * written as {@link Write} says, those of parameters are added.
 */
public interface FusedOps {
  /**
   * sum = {@link PointwiseOps#residual} of x and branch, y = {@link NormalizationOps#rmsNorm} of sum.
   *
   * @param x {@code [tokens, features]}
   * @param branch {@code [tokens, features]}
   * @param gamma {@code [features]}, or null for ones
   * @param sequences how the tokens are cut
   * @param p the probability that a sequence's branch is dropped, in [0, 1)
   * @param random draws the sequences; null only when p is 0
   * @param weight {@code [features]}, of the normalization
   * @param sum {@code [tokens, features]}
   * @param y {@code [tokens, features]}
   * @param inverseRms {@code [tokens]}: receives what the backward pass needs; null when not needed
   */
  void residualRmsNorm(Tensor x, Tensor branch, @Nullable Tensor gamma, Sequences sequences, float p,
      Rng.@Nullable Stream random, Tensor weight, float epsilon, Tensor sum, Tensor y, @Nullable Tensor inverseRms);

  /**
   * The gradients of {@link #residualRmsNorm}.
   *
   * @param dy the gradient of y
   * @param dsum receives the gradient of sum, which is that of x too: that through y, added with {@link Write#ADD} to
   *     the gradient of sum that is there
   * @param dweight {@code [features]}, added to; null when nobody needs it
   * @param dbranch {@code [tokens, features]}, overwritten
   * @param dgamma {@code [features]}, added to; null when there is no gamma or nobody needs it
   */
  void residualRmsNormBackward(Tensor branch, @Nullable Tensor gamma, Sequences sequences, float p,
      Rng.@Nullable Stream random, Tensor weight, Tensor sum, Tensor inverseRms, Tensor dy, Tensor dsum, Write write,
      @Nullable Tensor dweight, Tensor dbranch, @Nullable Tensor dgamma);

  /**
   * Queries, keys and values of an attention: q, k and v are {@link MatMulOps#linear} of x, q and k then with {@link
   * AttentionOps#rope rotary positions}.
   *
   * @param x {@code [tokens, in]}
   * @param weights three
   * @param sequences how the tokens are cut
   * @param headDim features of a head, an even number
   * @param theta the base of the angles
   * @param q {@code [tokens, queries]}
   * @param k {@code [tokens, keys]}
   * @param v {@code [tokens, keys]}
   */
  void qkvRope(Tensor x, QkvWeights<Tensor> weights, Sequences sequences, int headDim, double theta, Tensor q, Tensor k,
      Tensor v);

  /**
   * The gradients of {@link #qkvRope}.
   *
   * @param dq overwritten with the gradient before the rotation
   * @param dk overwritten with the gradient before the rotation
   * @param dx {@code [tokens, in]}
   * @param dweights of {@code weights}, added to
   */
  void qkvRopeBackward(Tensor x, QkvWeights<Tensor> weights, Sequences sequences, int headDim, double theta, Tensor dq,
      Tensor dk, Tensor dv, Tensor dx, Write write, QkvGradients dweights);

  /**
   * y = {@link PointwiseOps#swiglu} of two {@link MatMulOps#linear} of x.
   *
   * @param x {@code [tokens, in]}
   * @param gateWeight {@code [out, in]}
   * @param upWeight {@code [out, in]}, of what is gated
   * @param y {@code [tokens, out]}
   * @param gate {@code [tokens, out]}: receives the gate before its activation
   * @param up {@code [tokens, out]}: receives what is gated
   */
  void gatedLinear(Tensor x, Tensor gateWeight, Tensor upWeight, Tensor y, Tensor gate, Tensor up);

  /**
   * The gradients of {@link #gatedLinear}.
   *
   * @param gate overwritten with its gradient
   * @param up overwritten with its gradient
   * @param dx {@code [tokens, in]}
   * @param dgateWeight like {@code gateWeight}, added to; null when nobody needs it
   * @param dupWeight like {@code upWeight}, added to; null when nobody needs it
   */
  void gatedLinearBackward(Tensor x, Tensor gateWeight, Tensor upWeight, Tensor gate, Tensor up, Tensor dy, Tensor dx,
      Write write, @Nullable Tensor dgateWeight, @Nullable Tensor dupWeight);
}
