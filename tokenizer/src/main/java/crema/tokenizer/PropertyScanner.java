package crema.tokenizer;

/** A split pattern that matches each character with a property. */
record PropertyScanner(CharacterProperty property) implements PatternScanner {
  @Override
  public void scan(char[] text, int from, int to, Pieces matches) {
    for (int start = from; start < to;) {
      var end = CharacterClass.after(text, start);
      if (property.has(Character.codePointAt(text, start, to))) {
        matches.add(start, end);
      }
      start = end;
    }
  }

  @Override
  public boolean coversEverything() {
    return false;
  }
}
