package crema.tensor;

import org.jspecify.annotations.Nullable;

/** Attention over packed sequences and rotary positions. */
public interface AttentionOps {
  /**
   * y = x with rotary position embedding (Su et al., "RoFormer", arXiv 2104.09864, in the half-rotation layout of the
   * Hugging Face models): for i &lt; headDim / 2 and position p within the sequence, the pair (x[i], x[i + headDim /
   * 2]) is turned by the angle p · theta^(−2i / headDim).
   *
   * @param x {@code [tokens, heads · headDim]}
   * @param headDim an even number
   * @param theta the base of the angles
   * @param y like {@code x}; may be {@code x}
   */
  void rope(Tensor x, Sequences sequences, int headDim, double theta, Tensor y);

  /**
   * The gradient of {@link #rope}: dy turned back by the same angles.
   *
   * @param dy {@code [tokens, heads · headDim]}
   * @param dx like {@code dy}; may be {@code dy}
   */
  void ropeBackward(Tensor dy, Sequences sequences, int headDim, double theta, Tensor dx);

  /**
   * y = softmax(scale · q kᵀ) v within each sequence and head (Vaswani et al., arXiv 1706.03762, equation 1), over the
   * keys that a query sees, dropout being applied to the softmax's result.
   *
   * @param q {@code [tokens, numHeads · headDim]}
   * @param k {@code [tokens, numKeyValueHeads · headDim]}
   * @param v {@code [tokens, numKeyValueHeads · headDim]}
   * @param y {@code [tokens, numHeads · headDim]}
   * @param logSumExp {@code [tokens, numHeads]}: receives log Σ exp(scale · q kᵀ) for the backward pass; null when not
   *     needed
   */
  void attention(Tensor q, Tensor k, Tensor v, Sequences sequences, AttentionSpec spec, Tensor y,
      @Nullable Tensor logSumExp);

  /**
   * The gradients of {@link #attention}, which recompute the weights from {@code logSumExp} (Dao et al.,
   * "FlashAttention", arXiv 2205.14135, algorithm 4).
   *
   * @param y what the forward pass gave
   * @param dy its gradient
   * @param dq like {@code q}, overwritten
   * @param dk like {@code k}, overwritten
   * @param dv like {@code v}, overwritten
   */
  void attentionBackward(Tensor q, Tensor k, Tensor v, Sequences sequences, AttentionSpec spec, Tensor y,
      Tensor logSumExp, Tensor dy, Tensor dq, Tensor dk, Tensor dv);

  /**
   * {@link #attention} with terms for the distance of query and key.
   *
   * @param relative the terms, whose heads are the query heads
   * @param spec as many key and value heads as query heads
   */
  void relativeAttention(Tensor q, Tensor k, Tensor v, RelativePositions relative, Sequences sequences,
      AttentionSpec spec, Tensor y, @Nullable Tensor logSumExp);

  /**
   * The gradients of {@link #relativeAttention}.
   *
   * @param gradients receives those of the tables, overwritten: present where they are, and with the same buckets
   */
  void relativeAttentionBackward(Tensor q, Tensor k, Tensor v, RelativePositions relative, Sequences sequences,
      AttentionSpec spec, Tensor y, Tensor logSumExp, Tensor dy, Tensor dq, Tensor dk, Tensor dv,
      RelativePositions gradients);
}
