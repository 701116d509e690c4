package crema.linear;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * Finds a text's terms: its words, and runs of consecutive words joined by single spaces.
 *
 * <p>A word is what scikit-learn's default pattern {@code (?u)\b\w\w+\b} matches: a longest run of two or more word
 * characters. A word character is what it is for Python: a letter, a number or an underscore. Combining marks, which
 * Java's {@code \w} takes in, are not.
 */
record WordTerms(int minNgram, int maxNgram, boolean lowercase) implements TermExtractor {
  @Override
  public void forEachTerm(String text, Consumer<String> consumer) {
    List<String> words = words(lowercase ? text.toLowerCase(Locale.ROOT) : text);
    for (int length = minNgram; length <= Math.min(maxNgram, words.size()); length++) {
      for (int first = 0; first + length <= words.size(); first++) {
        consumer.accept(length == 1 ? words.get(first) : String.join(" ", words.subList(first, first + length)));
      }
    }
  }

  private static List<String> words(String text) {
    var words = new ArrayList<String>();
    int start = 0;
    int characters = 0;
    for (int at = 0; at < text.length();) {
      int codePoint = text.codePointAt(at);
      int next = at + Character.charCount(codePoint);
      if (isWordCharacter(codePoint)) {
        characters++;
      } else {
        if (characters > 1) {
          words.add(text.substring(start, at));
        }
        characters = 0;
        start = next;
      }
      at = next;
    }
    if (characters > 1) {
      words.add(text.substring(start));
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
