package crema.tensor;

import crema.base.Rng;
import org.jspecify.annotations.Nullable;

/**
 * What an attention computes.
 *
 * @param numHeads query heads
 * @param numKeyValueHeads key and value heads, a divisor of {@code numHeads}; query head h reads key and value head
 *     {@code h / (numHeads / numKeyValueHeads)} (grouped-query attention, Ainslie et al., arXiv 2305.13245)
 * @param headDim features of one head
 * @param causal whether a token sees only itself and what is before it
 * @param window how many tokens before it and after it a token sees, beside itself; {@link #EVERYTHING} for all
 * @param scale the factor on the scores, usually 1 / √headDim
 * @param dropout the probability that an attention weight is dropped, in [0, 1)
 * @param random draws the dropped weights; null only when dropout is 0
 */
public record AttentionSpec(int numHeads, int numKeyValueHeads, int headDim, boolean causal, int window, float scale,
    float dropout,
    Rng.@Nullable Stream random) {
  /** The window of a token that sees its whole sequence. */
  public static final int EVERYTHING = Integer.MAX_VALUE;

  /** Checks that the heads divide and that there is a source of random numbers where one is needed. */
  public AttentionSpec {
    if (numHeads < 1 || numKeyValueHeads < 1 || headDim < 1 || numHeads % numKeyValueHeads != 0) {
      throw new IllegalArgumentException(numHeads + " query heads of " + headDim + " features cannot share "
          + numKeyValueHeads + " key and value heads");
    }
    if (window < 0) {
      throw new IllegalArgumentException("the window of an attention must not be negative, but is " + window);
    }
    if (!(dropout >= 0 && dropout < 1) || (dropout > 0 && random == null)) {
      throw new IllegalArgumentException("attention dropout " + dropout
          + " must be in [0, 1) and have a random stream");
    }
  }

  /** Attention without dropout, scaled by 1 / √headDim. */
  public static AttentionSpec of(int numHeads, int numKeyValueHeads, int headDim, boolean causal) {
    return new AttentionSpec(numHeads, numKeyValueHeads, headDim, causal, EVERYTHING,
        (float) (1 / Math.sqrt(headDim)), 0, null);
  }

  /** This attention with tokens that see no further than so many before and after them. */
  public AttentionSpec withWindow(int tokens) {
    return new AttentionSpec(numHeads, numKeyValueHeads, headDim, causal, tokens, scale, dropout, random);
  }

  /** This attention with another factor on the scores. */
  public AttentionSpec withScale(float factor) {
    return new AttentionSpec(numHeads, numKeyValueHeads, headDim, causal, window, factor, dropout, random);
  }

  /** The position of the first key that a query sees. */
  public int firstKey(int query) {
    return Math.max(0, query - Math.min(query, window));
  }

  /** The position after the last key that a query sees, in a sequence of the given length. */
  public int endKey(int query, int length) {
    return causal ? query + 1 : (int) Math.min(length, (long) query + window + 1);
  }

  /** This attention with weights that are dropped. */
  public AttentionSpec withDropout(float probability, Rng.Stream stream) {
    return new AttentionSpec(numHeads, numKeyValueHeads, headDim, causal, window, scale, probability, stream);
  }

  /**
   * Which element of {@link #random} decides on the weight of a key for a query: rows start on a multiple of four, so
   * that a kernel may draw whole blocks.
   *
   * @param token the query's token in the packed batch
   * @param head the query head
   * @param key the key's position within the sequence
   * @param longest the batch's longest sequence
   */
  public long dropoutIndex(int token, int head, int key, int longest) {
    return ((long) token * numHeads + head) * ((longest + 3) & ~3) + key;
  }
}
