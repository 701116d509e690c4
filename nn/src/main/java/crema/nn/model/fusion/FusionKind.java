package crema.nn.model.fusion;

import crema.base.Keyed;

/** How the vector of a text and that of a picture become one. */
public enum FusionKind implements Keyed {
  /** {@link ConcatenatedFusion}. */
  CONCAT,
  /** {@link GatedFusion}. */
  GATE,
  /** {@link CrossAttentionFusion}. */
  ATTENTION
}
