package crema.tokenizer;

/** Runs of characters of one class, as the hand-written scanners need them. */
final class ScannedRun {
  private ScannedRun() {}

  /** Returns the end of the run of characters of class {@code type} that starts at {@code start}; it may be empty. */
  static int end(char[] text, int start, int to, byte type) {
    var end = start;
    while (end < to && CharacterClass.at(text, end) == type) {
      end = CharacterClass.after(text, end);
    }
    return end;
  }

  /**
   * {@code \s+(?!\S)|\s+}: the end of the white space that starts at {@code start}, less its last character where
   * something other than white space follows and more than that character is there.
   */
  static int whiteSpaceEnd(char[] text, int start, int to) {
    var end = start;
    while (end < to && CharacterClass.isWhiteSpace(text[end])) {
      end++;
    }
    return end < to && end - start > 1 ? end - 1 : end;
  }
}
