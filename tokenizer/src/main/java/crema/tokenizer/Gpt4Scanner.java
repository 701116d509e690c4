package crema.tokenizer;

import static crema.tokenizer.CharacterClass.LETTER;
import static crema.tokenizer.CharacterClass.NEWLINE;
import static crema.tokenizer.CharacterClass.NUMBER;
import static crema.tokenizer.CharacterClass.OTHER;

/**
 * The split pattern of GPT-4 (cl100k), by hand: {@value #PATTERN_OF_THREE_DIGITS}; and Qwen's, which has single digits.
 *
 * @param maxDigits how many number characters a match has at most
 */
record Gpt4Scanner(int maxDigits) implements PatternScanner {
  private static final String UP_TO_NUMBERS =
      "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}";
  private static final String FROM_NUMBERS =
      "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

  static final String PATTERN_OF_SINGLE_DIGITS = UP_TO_NUMBERS + FROM_NUMBERS;
  static final String PATTERN_OF_THREE_DIGITS = UP_TO_NUMBERS + "{1,3}" + FROM_NUMBERS;

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

  private int matchEnd(char[] text, int start, int to) {
    var type = CharacterClass.at(text, start);
    if (type == LETTER) {
      return ScannedRun.end(text, start, to, LETTER);
    }
    if (type == NUMBER) {
      return numberEnd(text, start, to);
    }
    if (text[start] == '\'') {
      var contraction = Contraction.end(text, start, to, true);
      if (contraction > start) {
        return contraction;
      }
    }
    var second = CharacterClass.after(text, start);
    var secondType = second < to ? CharacterClass.at(text, second) : NEWLINE;
    if (type != NEWLINE && secondType == LETTER) {
      return ScannedRun.end(text, second, to, LETTER);
    }
    if (type == OTHER || text[start] == ' ' && secondType == OTHER) {
      var end = ScannedRun.end(text, type == OTHER ? start : second, to, OTHER);
      return ScannedRun.end(text, end, to, NEWLINE);
    }
    return newlinesOrSpaceEnd(text, start, to);
  }

  private int numberEnd(char[] text, int start, int to) {
    var end = start;
    for (int digits = 0; digits < maxDigits && end < to && CharacterClass.at(text, end) == NUMBER; digits++) {
      end = CharacterClass.after(text, end);
    }
    return end;
  }

  /** {@code \s*[\r\n]+|\s+(?!\S)|\s+}: white space up to its last newline, if it has one. */
  private static int newlinesOrSpaceEnd(char[] text, int start, int to) {
    int afterNewline = -1;
    for (int i = start; i < to && CharacterClass.isWhiteSpace(text[i]); i++) {
      if (CharacterClass.at(text, i) == NEWLINE) {
        afterNewline = i + 1;
      }
    }
    return afterNewline > 0 ? afterNewline : ScannedRun.whiteSpaceEnd(text, start, to);
  }
}
