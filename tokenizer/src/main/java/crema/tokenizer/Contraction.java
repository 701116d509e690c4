package crema.tokenizer;

/** English contractions, {@code 's|'t|'re|'ve|'m|'ll|'d}, which the patterns of GPT-2 and GPT-4 split off. */
final class Contraction {
  private Contraction() {}

  /** Returns the end of the contraction whose apostrophe is at {@code start}, or {@code start} if there is none. */
  static int end(char[] text, int start, int to, boolean ignoreCase) {
    if (start + 1 >= to) {
      return start;
    }
    switch (letter(text[start + 1], ignoreCase)) {
      case 's', 't', 'm', 'd' -> {
        return start + 2;
      }
      case 'r', 'v' -> {
        return start + 2 < to && letter(text[start + 2], ignoreCase) == 'e' ? start + 3 : start;
      }
      case 'l' -> {
        return start + 2 < to && letter(text[start + 2], ignoreCase) == 'l' ? start + 3 : start;
      }
      default -> {
        return start;
      }
    }
  }

  private static char letter(char c, boolean ignoreCase) {
    if (!ignoreCase) {
      return c;
    }
    if (c >= 'A' && c <= 'Z') {
      return (char) (c + 'a' - 'A');
    }
    // The long s is a case variant of s in Unicode's case folding.
    return c == '\u017F' ? 's' : c;
  }
}
