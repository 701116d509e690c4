package crema.tokenizer;

import static crema.tokenizer.CharacterClass.SPACE;

/** The split pattern of GPT-2, by hand: {@value #PATTERN}. */
record Gpt2Scanner() implements PatternScanner {
  static final String PATTERN = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";

  @Override
  public void scan(char[] text, int from, int to, Pieces matches) {
    for (int start = from; start < to;) {
      var end = matchEnd(text, start, to);
      matches.add(start, end);
      start = end;
    }
  }

  @Override
  public boolean coversEverything() {
    return true;
  }

  private static int matchEnd(char[] text, int start, int to) {
    if (text[start] == '\'') {
      var contraction = Contraction.end(text, start, to, false);
      if (contraction > start) {
        return contraction;
      }
    }
    var head = text[start] == ' ' && start + 1 < to ? start + 1 : start;
    var type = CharacterClass.at(text, head);
    if (type < SPACE) {
      return ScannedRun.end(text, head, to, type);
    }
    return ScannedRun.whiteSpaceEnd(text, start, to);
  }
}
