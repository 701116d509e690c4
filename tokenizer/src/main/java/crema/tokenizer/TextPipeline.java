package crema.tokenizer;

import crema.tokenizer.PreTokenizer.Metaspace;
import crema.tokenizer.PreTokenizer.Rewriter;
import crema.tokenizer.PreTokenizer.SplitSequence;
import crema.tokenizer.PreTokenizer.Splitter;
import crema.tokenizer.PreTokenizer.Whole;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
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

    /** Whether more is wanted; once it is not, the rest of the text is left. */
    default boolean wantsMore() {
      return true;
    }
  }

  /** Receives the pieces and added tokens of a text, in order, with where they are in it. */
  interface AlignedSink {
    /** Takes the piece {@code text[from, to)}, which is overwritten after the call. */
    void piece(AlignedText text, int from, int to);

    /**
     * Takes an added token that stands for the chars {@code [start, end)} of the text as given.
     *
     * @param found what was found, the white space included that the token swallows
     */
    void token(int id, String found, int start, int end);
  }

  private final AddedTokenFinder verbatimTokens;
  private final AddedTokenFinder normalizedTokens;
  private final @Nullable Normalizer normalizer;
  /** The steps, neighbouring splitters as one. */
  private final List<PreTokenizer> steps;
  /** The only step, if it is a splitter. */
  private final @Nullable Splitter splitter;
  private final boolean addPrefixSpace;
  /** Whether pieces depend on where they are in the text, so that alignment is needed whoever asks. */
  private final boolean needsAlignment;

  /**
   * Makes a pipeline.
   *
   * @param steps the pre-tokenizers
   * @param addPrefixSpace whether a space is put before a segment that does not start with one
   */
  TextPipeline(
      Collection<AddedToken> addedTokens,
      @Nullable Normalizer normalizer,
      List<? extends PreTokenizer> steps,
      boolean addPrefixSpace) {
    var verbatim = new HashMap<String, AddedToken>();
    var normalized = new HashMap<String, AddedToken>();
    for (var token : addedTokens) {
      if (!token.normalized() || normalizer == null) {
        (token.normalized() ? normalized : verbatim).put(token.content(), token);
      } else {
        var form = normalizer.normalize(token.content());
        if (!form.isEmpty()) {
          normalized.put(form, token);
        }
      }
    }
    verbatimTokens = new AddedTokenFinder(verbatim);
    normalizedTokens = new AddedTokenFinder(normalized);
    this.normalizer = normalizer;
    this.steps = joinSplitters(steps);
    splitter = this.steps.size() == 1 && this.steps.getFirst() instanceof Splitter only ? only : null;
    this.addPrefixSpace = addPrefixSpace;
    needsAlignment = steps.stream()
        .anyMatch(step -> step instanceof Metaspace metaspace && metaspace.scheme() == Metaspace.PrependScheme.FIRST);
  }

  private static List<PreTokenizer> joinSplitters(List<? extends PreTokenizer> steps) {
    var joined = new ArrayList<PreTokenizer>();
    var splitters = new ArrayList<Splitter>();
    for (var step : steps) {
      switch (step) {
        case Splitter next -> splitters.add(next);
        case Rewriter rewriter -> {
          addJoined(splitters, joined);
          joined.add(rewriter);
        }
      }
    }
    addJoined(splitters, joined);
    if (joined.isEmpty()) {
      joined.add(new Whole());
    }
    return List.copyOf(joined);
  }

  private static void addJoined(List<Splitter> splitters, List<PreTokenizer> joined) {
    if (!splitters.isEmpty()) {
      joined.add(splitters.size() == 1 ? splitters.getFirst() : new SplitSequence(splitters));
      splitters.clear();
    }
  }

  /** Cuts a text; an unpaired surrogate counts as U+FFFD. */
  void run(CharSequence text, Workspace workspace, Sink sink) {
    var run = new Run(workspace, needsAlignment) {
      @Override
      void piece(char[] chars, int from, int to) {
        sink.piece(chars, from, to);
      }

      @Override
      void token(int id, char[] text, int start, int end) {
        sink.token(id);
      }

      @Override
      boolean wantsMore() {
        return sink.wantsMore();
      }
    };
    run.text(text);
  }

  /** Cuts a text and keeps track of what its pieces stand for; an unpaired surrogate counts as U+FFFD. */
  void runAligned(CharSequence text, Workspace workspace, AlignedSink sink) {
    var run = new Run(workspace, true) {
      @Override
      void piece(char[] chars, int from, int to) {
        sink.piece(workspace.rewritten, from, to);
      }

      @Override
      void token(int id, char[] text, int start, int end) {
        var verbatim = text == workspace.raw;
        var normalized = workspace.normalized;
        sink.token(id, new String(text, start, end - start), verbatim ? start : normalized.start(start),
            verbatim ? end : normalized.end(end - 1));
      }
    };
    run.text(text);
  }

  /** A text on its way. */
  private abstract class Run {
    private final Workspace workspace;
    /** Whether all segments go through {@link Workspace#rewritten}, with alignment. */
    private final boolean aligned;

    Run(Workspace workspace, boolean aligned) {
      this.workspace = workspace;
      this.aligned = aligned;
    }

    abstract void piece(char[] chars, int from, int to);

    /** Takes an added token that was found at {@code text[start, end)}, in the text as given or normalized. */
    abstract void token(int id, char[] text, int start, int end);

    boolean wantsMore() {
      return true;
    }

    void text(CharSequence text) {
      var length = text.length();
      workspace.raw = Workspace.withRoom(workspace.raw, length);
      var raw = workspace.raw;
      text.getChars(0, length, raw, 0);
      Utf8.replaceUnpairedSurrogates(raw, length);
      if (verbatimTokens.isEmpty()) {
        normalize(raw, 0, length);
      } else {
        verbatimTokens.find(raw, 0, length, new AddedTokenFinder.Sink() {
          @Override
          public void text(int from, int to) {
            normalize(raw, from, to);
          }

          @Override
          public void token(int id, int start, int end) {
            Run.this.token(id, raw, start, end);
          }
        });
      }
    }

    private void normalize(char[] raw, int from, int to) {
      if (normalizer == null && !aligned) {
        findNormalizedTokens(raw, from, to);
        return;
      }
      var text = workspace.normalized;
      text.set(raw, from, to, aligned);
      if (normalizer != null) {
        normalizer.normalize(text);
      }
      findNormalizedTokens(text.chars(), 0, text.length());
    }

    private void findNormalizedTokens(char[] text, int from, int to) {
      if (normalizedTokens.isEmpty()) {
        split(text, from, to);
      } else {
        normalizedTokens.find(text, from, to, new AddedTokenFinder.Sink() {
          @Override
          public void text(int start, int end) {
            split(text, start, end);
          }

          @Override
          public void token(int id, int start, int end) {
            Run.this.token(id, text, start, end);
          }
        });
      }
    }

    private void split(char[] text, int from, int to) {
      if (from == to) {
        return;
      }
      if (splitter == null || aligned) {
        splitInSteps(text, from, to);
      } else if (addPrefixSpace && text[from] != ' ') {
        var length = to - from + 1;
        workspace.prefixed = Workspace.withRoom(workspace.prefixed, length);
        workspace.prefixed[0] = ' ';
        System.arraycopy(text, from, workspace.prefixed, 1, to - from);
        split(splitter, workspace.prefixed, 0, length);
      } else {
        split(splitter, text, from, to);
      }
    }

    private void split(Splitter only, char[] text, int from, int to) {
      var pieces = workspace.pieces;
      pieces.clear();
      only.split(text, from, to, pieces);
      send(text, pieces);
    }

    private void splitInSteps(char[] chars, int from, int to) {
      var text = workspace.rewritten;
      if (chars == workspace.normalized.chars()) {
        text.set(workspace.normalized, from, to);
      } else {
        text.set(chars, from, to, false);
      }
      workspace.pieces.clear();
      workspace.pieces.add(0, text.length());
      if (addPrefixSpace) {
        apply(new PreTokenizer.PrefixSpace(), text);
      }
      for (var step : steps) {
        apply(step, text);
      }
      send(text.chars(), workspace.pieces);
    }

    private void apply(PreTokenizer step, AlignedText text) {
      var before = workspace.pieces;
      var after = workspace.coarserPieces;
      after.clear();
      switch (step) {
        case Splitter only -> {
          for (int i = 0; i < before.size(); i++) {
            only.split(text.chars(), before.start(i), before.end(i), after);
          }
        }
        case Rewriter rewriter -> {
          text.begin();
          rewriter.rewrite(text, before, after);
          text.end();
        }
      }
      workspace.pieces = after;
      workspace.coarserPieces = before;
    }

    private void send(char[] text, Pieces pieces) {
      for (int i = 0; i < pieces.size() && wantsMore(); i++) {
        piece(text, pieces.start(i), pieces.end(i));
      }
    }
  }
}
