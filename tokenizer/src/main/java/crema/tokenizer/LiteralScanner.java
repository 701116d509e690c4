package crema.tokenizer;

/** A split pattern that is a plain, non-empty string. */
record LiteralScanner(String literal) implements PatternScanner {
  @Override
  public void scan(char[] text, int from, int to, Pieces matches) {
    for (int start = from; start <= to - literal.length();) {
      if (matchesAt(text, start)) {
        matches.add(start, start + literal.length());
        start += literal.length();
      } else {
        start++;
      }
    }
  }

  @Override
  public boolean coversEverything() {
    return false;
  }

  private boolean matchesAt(char[] text, int start) {
    for (int i = 0; i < literal.length(); i++) {
      if (text[start + i] != literal.charAt(i)) {
        return false;
      }
    }
    return true;
  }
}
