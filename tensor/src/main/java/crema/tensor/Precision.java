package crema.tensor;

import crema.base.Keyed;

/** In what a backend computes the layers of a network. */
public enum Precision implements Keyed {
  /** All in {@link DType#F32}. */
  FP32,
  /**
   * The activations between layers and the operands of their matrix products in {@link DType#BF16}, where the device has
   * instructions for that; sums, the residual stream, parameters with their gradients and moments, logits and losses in
   * {@link DType#F32} (Micikevicius et al., "Mixed precision training", arXiv 1710.03740, without its scaling of losses,
   * which the exponents of BF16 make unnecessary).
   */
  BF16
}
