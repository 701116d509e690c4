package crema.tokenizer;

/** A model whose tokens are whole pieces; a piece that is none is the unknown token. */
final class WordLevelModel implements Model {
  private final Vocabulary vocabulary;
  private final String unknownToken;
  private final int unknownId;
  private final CharTrie trie = new CharTrie();

  /**
   * Makes a model.
   *
   * @param unknownToken a token of the vocabulary
   */
  WordLevelModel(Vocabulary vocabulary, String unknownToken) {
    this.vocabulary = vocabulary;
    this.unknownToken = unknownToken;
    unknownId = vocabulary.id(unknownToken);
    for (int id = 0; id < vocabulary.size(); id++) {
      var token = vocabulary.token(id);
      if (token != null) {
        trie.add(token, id);
      }
    }
  }

  @Override
  public Vocabulary vocabulary() {
    return vocabulary;
  }

  String unknownToken() {
    return unknownToken;
  }

  @Override
  public void encode(char[] text, int from, int to, TokenBuffer out) {
    var node = trie.descend(CharTrie.ROOT, text, from, to);
    var id = node == CharTrie.NONE ? CharTrie.NONE : trie.value(node);
    out.add(id == CharTrie.NONE ? unknownId : id);
    var spans = out.workspace().spans;
    if (spans != null) {
      spans.add(from, to);
    }
  }
}
