package crema.tokenizer;

/**
 * WordPiece as BERT encodes with it: of a word, the longest prefix that is a token, then of the rest the longest that is
 * one behind the prefix for continuations, and so on. A word that cannot be made so, or is too long, is one unknown
 * token.
 *
 * <p>Source: {@code WordpieceTokenizer} in {@code tokenization.py} of google-research/bert.
 */
final class WordPieceModel extends CachingModel {
  /** The prefix for continuations that BERT has. */
  static final String DEFAULT_PREFIX = "##";
  /** How long a word may be in BERT, in code points. */
  static final int DEFAULT_MAX_WORD_LENGTH = 100;

  private final String unknownToken;
  private final String prefix;
  private final int maxWordLength;
  private final int unknownId;
  private final CharTrie trie = new CharTrie();
  /** The node of the prefix for continuations, or NONE. */
  private final int continuation;

  /**
   * Makes a model.
   *
   * @param unknownToken a token of the vocabulary
   * @param prefix what stands before a token that continues a word
   * @param maxWordLength how many code points a word may have that is not unknown
   */
  WordPieceModel(Vocabulary vocabulary, String unknownToken, String prefix, int maxWordLength) {
    super(vocabulary);
    this.unknownToken = unknownToken;
    this.prefix = prefix;
    this.maxWordLength = maxWordLength;
    unknownId = vocabulary.id(unknownToken);
    for (int id = 0; id < vocabulary.size(); id++) {
      var token = vocabulary.token(id);
      if (token != null) {
        trie.add(token, id);
      }
    }
    continuation = trie.descend(CharTrie.ROOT, prefix);
  }

  String unknownToken() {
    return unknownToken;
  }

  String prefix() {
    return prefix;
  }

  int maxWordLength() {
    return maxWordLength;
  }

  @Override
  void tokenize(char[] text, int from, int to, Workspace workspace) {
    var tokens = workspace.tokens;
    if (to - from > maxWordLength && Character.codePointCount(text, from, to - from) > maxWordLength) {
      tokens.add(unknownId, 0, to - from);
      return;
    }
    for (int start = from; start < to;) {
      var node = start == from ? CharTrie.ROOT : continuation;
      int id = CharTrie.NONE;
      var end = start;
      for (int i = start; i < to && node != CharTrie.NONE; i++) {
        node = trie.child(node, text[i]);
        if (node != CharTrie.NONE && trie.value(node) != CharTrie.NONE) {
          id = trie.value(node);
          end = i + 1;
        }
      }
      if (id == CharTrie.NONE) {
        tokens.clear();
        tokens.add(unknownId, 0, to - from);
        return;
      }
      tokens.add(id, start - from, end - from);
      start = end;
    }
  }
}
