package crema.tokenizer;

import java.util.HashSet;
import java.util.Set;

/**
 * Where a long piece may be cut without a change of its tokens: before a SentencePiece space, if no merge rule joins
 * anything to the left of one. So the words of a text that is one piece can be encoded, and remembered, one by one.
 */
final class PieceSeams {
  /** No seams. */
  static final PieceSeams NONE = new PieceSeams(Set.of());

  private static final char SPACE = '\u2581';

  /** The chars that a token may have before a space in it, so that the two may belong together. */
  private final Set<Character> joined;

  private PieceSeams(Set<Character> joined) {
    this.joined = joined;
  }

  /** Returns the seams of a model; there are none if its vocabulary has no space. */
  static PieceSeams of(Vocabulary vocabulary, MergeTable merges) {
    if (vocabulary.id(String.valueOf(SPACE)) < 0) {
      return NONE;
    }
    var joined = new HashSet<Character>();
    joined.add(SPACE);
    for (int rank = 0; rank < merges.size(); rank++) {
      var left = vocabulary.token(merges.left(rank));
      var right = vocabulary.token(merges.right(rank));
      if (left != null && right != null && !left.isEmpty() && !right.isEmpty() && right.charAt(0) == SPACE) {
        joined.add(left.charAt(left.length() - 1));
      }
    }
    return new PieceSeams(joined);
  }

  /** Whether a text may be cut before the char at {@code index}, which is not its first. */
  boolean isBefore(char[] text, int index) {
    return text[index] == SPACE && text[index - 1] != SPACE && !joined.contains(text[index - 1]);
  }
}
