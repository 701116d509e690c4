package crema.tokenizer;

import java.util.List;

/** Cuts a normalized text into the pieces that the model encodes one by one. */
sealed interface PreTokenizer {
  /** Appends the pieces of {@code text[from, to)}, none of them empty, in order. */
  void split(char[] text, int from, int to, Pieces out);

  /** Leaves the text whole. */
  record Whole() implements PreTokenizer {
    @Override
    public void split(char[] text, int from, int to, Pieces out) {
      if (from < to) {
        out.add(from, to);
      }
    }
  }

  /**
   * Cuts around the matches of a pattern.
   *
   * @param invert whether the stretches between the matches count as the matches
   */
  record Split(PatternScanner pattern, SplitBehavior behavior, boolean invert) implements PreTokenizer {
    @Override
    public void split(char[] text, int from, int to, Pieces out) {
      var everyMatchIsAPiece = behavior == SplitBehavior.ISOLATED || behavior == SplitBehavior.REMOVED && invert;
      if (everyMatchIsAPiece && pattern.coversEverything()) {
        pattern.scan(text, from, to, out);
      } else {
        splitAround(text, from, to, out);
      }
    }

    private void splitAround(char[] text, int from, int to, Pieces out) {
      var matches = new Pieces();
      pattern.scan(text, from, to, matches);
      var joiner = new PieceJoiner(behavior, out);
      var end = from;
      for (int i = 0; i < matches.size(); i++) {
        if (end < matches.start(i)) {
          joiner.add(end, matches.start(i), invert);
        }
        end = matches.end(i);
        if (matches.start(i) < end) {
          joiner.add(matches.start(i), end, !invert);
        }
      }
      if (end < to) {
        joiner.add(end, to, invert);
      }
      joiner.finish();
    }
  }

  /**
   * Cuts numbers from the rest.
   *
   * @param individual whether each digit is a piece of its own
   */
  record Digits(boolean individual) implements PreTokenizer {
    @Override
    public void split(char[] text, int from, int to, Pieces out) {
      for (int start = from; start < to;) {
        var number = CharacterClass.at(text, start) == CharacterClass.NUMBER;
        var end = CharacterClass.after(text, start);
        while (!(number && individual) && end < to
            && (CharacterClass.at(text, end) == CharacterClass.NUMBER) == number) {
          end = CharacterClass.after(text, end);
        }
        out.add(start, end);
        start = end;
      }
    }
  }

  /** Applies several one after the other, each to the pieces of the one before. */
  record Sequence(List<PreTokenizer> steps) implements PreTokenizer {
    public Sequence {
      steps = List.copyOf(steps);
    }

    @Override
    public void split(char[] text, int from, int to, Pieces out) {
      var coarser = new Pieces();
      coarser.add(from, to);
      for (int i = 0; i < steps.size(); i++) {
        var finer = i == steps.size() - 1 ? out : new Pieces();
        for (int p = 0; p < coarser.size(); p++) {
          steps.get(i).split(text, coarser.start(p), coarser.end(p), finer);
        }
        coarser = finer;
      }
    }
  }
}
