package crema.family.encoder;

import crema.base.Keyed;
import crema.data.TokenEncoder;
import crema.tokenizer.Tokenizer;
import crema.tokenizer.Truncation;

/**
 * How many tokens of a text an encoder reads, and which: the special tokens around a text are always among them.
 *
 * @param maxTokens at most so many, special tokens included
 * @param kept which of a longer text
 */
public record TextLimit(int maxTokens, Kept kept) {
  /** Of a text that is cut in the middle, a quarter is its beginning (Sun et al., arXiv 1905.05583, section 5.3.1). */
  private static final int HEAD_SHARE = 4;

  /** Which part of a long text is read. */
  public enum Kept implements Keyed {
    /** The beginning. */
    HEAD,
    /** The end. */
    TAIL,
    /** A quarter from the beginning, and the rest from the end. */
    HEAD_TAIL
  }

  /** Texts to tokens, within the limit. */
  public TokenEncoder encoder(Tokenizer tokenizer) {
    Tokenizer head = tokenizer.withTruncation(Truncation.to(maxTokens));
    Tokenizer tail = tokenizer.withTruncation(
        new Truncation(maxTokens, Truncation.Direction.LEFT, Truncation.Strategy.LONGEST_FIRST, 0));
    return switch (kept) {
      case HEAD -> head::encode;
      case TAIL -> tail::encode;
      case HEAD_TAIL -> text -> {
        int[] ids = head.encode(text);
        if (ids.length == maxTokens) {
          // Both ways keep the special tokens at both ends, so that either half has those of its end.
          int fromHead = Math.max(maxTokens / HEAD_SHARE, Math.min(tokenizer.specialTokens(), maxTokens / 2));
          int[] end = tail.encode(text);
          System.arraycopy(end, fromHead, ids, fromHead, maxTokens - fromHead);
        }
        return ids;
      };
    };
  }
}
