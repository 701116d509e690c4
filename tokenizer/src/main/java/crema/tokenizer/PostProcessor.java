package crema.tokenizer;

import java.util.List;

/**
 * The special tokens that a tokenizer puts around a text or between two.
 *
 * @param single what becomes of one text: special tokens, and the text once
 * @param pair what becomes of two texts: special tokens, and both texts
 * @param trims how the offsets of tokens with spaces are corrected, one after the other
 */
record PostProcessor(List<Piece> single, List<Piece> pair, List<OffsetTrim> trims) {
  /** A part of what comes out. */
  sealed interface Piece {
    /** The type id of the part's tokens. */
    int typeId();
  }

  /** All tokens of a text: the first, or of two the second. */
  record Sequence(int index, int typeId) implements Piece {}

  /** A special token. */
  record Special(int id, int typeId) implements Piece {}

  /**
   * Offsets without the spaces that belong to a token.
   *
   * @param addPrefixSpace whether one space before the text was put there and has no place in it
   */
  record OffsetTrim(boolean addPrefixSpace) {}

  /** Adds nothing; the type ids of a second text are 1. */
  static final PostProcessor NONE = new PostProcessor(
      List.of(new Sequence(0, 0)), List.of(new Sequence(0, 0), new Sequence(1, 1)), List.of());

  PostProcessor {
    single = List.copyOf(single);
    pair = List.copyOf(pair);
    trims = List.copyOf(trims);
  }

  /** Returns how many special tokens a text gets. */
  int specialTokens() {
    return count(single);
  }

  /** Returns how many special tokens a pair of texts gets. */
  int specialTokensOfPair() {
    return count(pair);
  }

  private static int count(List<Piece> pieces) {
    return (int) pieces.stream().filter(Special.class::isInstance).count();
  }
}
