package crema.linear;

import crema.base.IntList;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Finds a text's terms: its words, and runs of consecutive words joined by single spaces.
 *
 * <p>A word is what scikit-learn's default pattern {@code (?u)\b\w\w+\b} matches: a longest run of two or more word
 * characters. A word character is what it is for Python: a letter, a number or an underscore. Combining marks, which
 * Java's {@code \w} takes in, are not.
 */
record WordTerms(int minNgram, int maxNgram, boolean lowercase) implements TermExtractor {
  @Override
  public void forEachTerm(String text, Visitor visitor) {
    Words words = words(lowercase ? text.toLowerCase(Locale.ROOT) : text);
    int count = words.texts.size();
    for (int length = minNgram; length <= Math.min(maxNgram, count); length++) {
      for (int first = 0; first + length <= count; first++) {
        int last = first + length - 1;
        visitor.term(
            length == 1 ? words.texts.get(first) : String.join(" ", words.texts.subList(first, first + length)),
            words.starts.get(first), words.starts.get(last) + words.texts.get(last).length());
      }
    }
  }

  /**
   * The words of a text.
   *
   * @param texts in their order
   * @param starts where each begins
   */
  private record Words(List<String> texts, IntList starts) {
    void add(String text, int from, int to) {
      texts.add(text.substring(from, to));
      starts.add(from);
    }
  }

  private static Words words(String text) {
    var words = new Words(new ArrayList<>(), new IntList());
    int start = 0;
    int characters = 0;
    for (int at = 0; at < text.length();) {
      int codePoint = text.codePointAt(at);
      int next = at + Character.charCount(codePoint);
      if (isWordCharacter(codePoint)) {
        characters++;
      } else {
        if (characters > 1) {
          words.add(text, start, at);
        }
        characters = 0;
        start = next;
      }
      at = next;
    }
    if (characters > 1) {
      words.add(text, start, text.length());
    }
    return words;
  }

  private static boolean isWordCharacter(int codePoint) {
    if (codePoint < 128) {
      return codePoint >= 'a' && codePoint <= 'z' || codePoint >= 'A' && codePoint <= 'Z'
          || codePoint >= '0' && codePoint <= '9' || codePoint == '_';
    }
    return switch (Character.getType(codePoint)) {
      case Character.UPPERCASE_LETTER, Character.LOWERCASE_LETTER, Character.TITLECASE_LETTER,
          Character.MODIFIER_LETTER, Character.OTHER_LETTER, Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER,
          Character.OTHER_NUMBER -> true;
      default -> false;
    };
  }
}
