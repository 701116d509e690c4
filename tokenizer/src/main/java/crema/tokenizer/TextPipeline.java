package crema.tokenizer;

import java.nio.CharBuffer;
import java.util.Collection;
import java.util.HashMap;
import org.jspecify.annotations.Nullable;

/**
 * The way from a text to the pieces that a model encodes: added tokens are cut out, what lies between is normalized,
 * added tokens that stand for normalized text are cut out of it, and the rest is cut into pieces. Immutable.
 */
final class TextPipeline {
  /** Receives the pieces and added tokens of a text, in order. */
  interface Sink {
    /** Takes the piece {@code text[from, to)}; the array is overwritten after the call. */
    void piece(char[] text, int from, int to);

    void token(int id);
  }

  private final AddedTokenFinder verbatimTokens;
  private final AddedTokenFinder normalizedTokens;
  private final @Nullable Normalizer normalizer;
  private final PreTokenizer preTokenizer;
  private final boolean addPrefixSpace;

  TextPipeline(
      Collection<AddedToken> addedTokens,
      @Nullable Normalizer normalizer,
      PreTokenizer preTokenizer,
      boolean addPrefixSpace) {
    var verbatim = new HashMap<String, AddedToken>();
    var normalized = new HashMap<String, AddedToken>();
    for (var token : addedTokens) {
      if (!token.normalized() || normalizer == null) {
        (token.normalized() ? normalized : verbatim).put(token.content(), token);
      } else {
        var form = normalizer.normalize(token.content()).toString();
        if (!form.isEmpty()) {
          normalized.put(form, token);
        }
      }
    }
    verbatimTokens = new AddedTokenFinder(verbatim);
    normalizedTokens = new AddedTokenFinder(normalized);
    this.normalizer = normalizer;
    this.preTokenizer = preTokenizer;
    this.addPrefixSpace = addPrefixSpace;
  }

  /** Cuts a text; an unpaired surrogate counts as U+FFFD. */
  void run(CharSequence text, Workspace workspace, Sink sink) {
    var length = text.length();
    workspace.raw = Workspace.withRoom(workspace.raw, length);
    var raw = workspace.raw;
    text.getChars(0, length, raw, 0);
    Utf8.replaceUnpairedSurrogates(raw, length);
    if (verbatimTokens.isEmpty()) {
      normalize(raw, 0, length, workspace, sink);
    } else {
      verbatimTokens.find(raw, 0, length, new AddedTokenFinder.Sink() {
        @Override
        public void text(int from, int to) {
          normalize(raw, from, to, workspace, sink);
        }

        @Override
        public void token(int id) {
          sink.token(id);
        }
      });
    }
  }

  private void normalize(char[] raw, int from, int to, Workspace workspace, Sink sink) {
    if (normalizer == null) {
      findNormalizedTokens(raw, from, to, workspace, sink);
      return;
    }
    CharSequence given = CharBuffer.wrap(raw, from, to - from);
    var result = normalizer.normalize(given);
    if (result == given) {
      findNormalizedTokens(raw, from, to, workspace, sink);
      return;
    }
    var length = result.length();
    workspace.normalized = Workspace.withRoom(workspace.normalized, length);
    result.getChars(0, length, workspace.normalized, 0);
    findNormalizedTokens(workspace.normalized, 0, length, workspace, sink);
  }

  private void findNormalizedTokens(char[] text, int from, int to, Workspace workspace, Sink sink) {
    if (normalizedTokens.isEmpty()) {
      split(text, from, to, workspace, sink);
    } else {
      normalizedTokens.find(text, from, to, new AddedTokenFinder.Sink() {
        @Override
        public void text(int start, int end) {
          split(text, start, end, workspace, sink);
        }

        @Override
        public void token(int id) {
          sink.token(id);
        }
      });
    }
  }

  private void split(char[] text, int from, int to, Workspace workspace, Sink sink) {
    if (addPrefixSpace && from < to && text[from] != ' ') {
      var length = to - from + 1;
      workspace.prefixed = Workspace.withRoom(workspace.prefixed, length);
      workspace.prefixed[0] = ' ';
      System.arraycopy(text, from, workspace.prefixed, 1, to - from);
      splitPrefixed(workspace.prefixed, 0, length, workspace, sink);
    } else {
      splitPrefixed(text, from, to, workspace, sink);
    }
  }

  private void splitPrefixed(char[] text, int from, int to, Workspace workspace, Sink sink) {
    var pieces = workspace.pieces;
    pieces.clear();
    preTokenizer.split(text, from, to, pieces);
    for (int i = 0; i < pieces.size(); i++) {
      sink.piece(text, pieces.start(i), pieces.end(i));
    }
  }
}
