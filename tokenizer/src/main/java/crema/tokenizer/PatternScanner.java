package crema.tokenizer;

/** Finds the stretches of a text that a split pattern matches, from left to right and without overlap. */
sealed interface PatternScanner
    permits Gpt2Scanner, Gpt4Scanner, LiteralScanner, PropertyScanner, RegexScanner {
  /**
   * Appends the matches in {@code text[from, to)}; an empty one cuts the text where it is. Surrogates are paired; the
   * pattern sees nothing of the text outside of the range.
   */
  void scan(char[] text, int from, int to, Pieces matches);

  /** Whether the matches are never empty and always cover the whole text. */
  boolean coversEverything();

  /** Returns the scanner of a regular expression: a hand-written one where there is one, which is much faster. */
  static PatternScanner ofRegex(String regex) {
    return switch (regex) {
      case Gpt2Scanner.PATTERN -> new Gpt2Scanner();
      case Gpt4Scanner.PATTERN_OF_SINGLE_DIGITS -> new Gpt4Scanner(1);
      case Gpt4Scanner.PATTERN_OF_THREE_DIGITS -> new Gpt4Scanner(3);
      default -> new RegexScanner(regex);
    };
  }
}
