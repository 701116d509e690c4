package crema.tokenizer;

import java.util.Arrays;

/** A model that remembers the tokens of the pieces that it met last, as the same words come again and again. */
abstract sealed class CachingModel implements Model permits BpeModel, UnigramModel, WordPieceModel {
  private final Vocabulary vocabulary;
  private final PieceCache cache = new PieceCache();

  CachingModel(Vocabulary vocabulary) {
    this.vocabulary = vocabulary;
  }

  @Override
  public Vocabulary vocabulary() {
    return vocabulary;
  }

  /** Leaves the tokens of the piece {@code text[from, to)} in the workspace's {@link Workspace#tokens}. */
  abstract void tokenize(char[] text, int from, int to, Workspace workspace);

  @Override
  public void encode(char[] text, int from, int to, TokenBuffer out) {
    var workspace = out.workspace();
    if (workspace.spans != null || to - from > PieceCache.MAX_PIECE_LENGTH) {
      var tokens = workspace.tokens;
      tokens.clear();
      tokenize(text, from, to, workspace);
      out.addAll(tokens.ids, tokens.size);
      if (workspace.spans != null) {
        for (int i = 0; i < tokens.size; i++) {
          workspace.spans.add(from + tokens.starts[i], from + tokens.ends[i]);
        }
      }
      return;
    }
    var set = PieceCache.set(text, from, to);
    var entry = cache.find(set, text, from, to);
    if (entry == null) {
      entry = remember(set, text, from, to, workspace);
    }
    out.addAll(entry.ids(), entry.ids().length);
  }

  private PieceCache.Entry remember(int set, char[] text, int from, int to, Workspace workspace) {
    var tokens = workspace.tokens;
    tokens.clear();
    tokenize(text, from, to, workspace);
    var entry = new PieceCache.Entry(
        Arrays.copyOfRange(text, from, to), Arrays.copyOf(tokens.ids, tokens.size));
    cache.put(set, entry);
    return entry;
  }
}
