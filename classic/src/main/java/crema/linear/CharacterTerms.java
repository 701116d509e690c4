package crema.linear;

import java.util.Locale;
import java.util.function.Consumer;

/**
 * Finds a text's runs of consecutive characters as scikit-learn does. A character is a code point. Two or more
 * characters of white space are one space.
 *
 * @param minNgram the fewest characters
 * @param maxNgram the most
 * @param withinWords whether a run stays inside a word, which white space ends and which has a space before and after
 *     it; a word that is shorter than a run is such a run by itself, once
 */
record CharacterTerms(int minNgram, int maxNgram, boolean lowercase, boolean withinWords) implements TermExtractor {
  private static final int NEXT_LINE = 0x85;

  @Override
  public void forEachTerm(String text, Consumer<String> consumer) {
    String cased = lowercase ? text.toLowerCase(Locale.ROOT) : text;
    if (withinWords) {
      words(cased, consumer);
    } else {
      var run = new Run(singleSpaced(cased));
      for (int length = minNgram; length <= Math.min(maxNgram, run.characters()); length++) {
        run.forEach(length, consumer);
      }
    }
  }

  private void words(String text, Consumer<String> consumer) {
    for (int at = 0; at < text.length();) {
      int start = endOf(text, at, true);
      int end = endOf(text, start, false);
      if (end > start) {
        word(new Run(" " + text.substring(start, end) + " "), consumer);
      }
      at = end;
    }
  }

  private void word(Run word, Consumer<String> consumer) {
    for (int length = minNgram; length <= maxNgram; length++) {
      if (length >= word.characters()) {
        consumer.accept(word.text);
        return;
      }
      word.forEach(length, consumer);
    }
  }

  private static String singleSpaced(String text) {
    var result = new StringBuilder(text.length());
    for (int at = 0; at < text.length();) {
      int blanks = endOf(text, at, true);
      boolean isSingle = blanks > at && text.offsetByCodePoints(at, 1) == blanks;
      result.append(isSingle ? text.substring(at, blanks) : blanks > at ? " " : "");
      int end = endOf(text, blanks, false);
      result.append(text, blanks, end);
      at = end;
    }
    return result.toString();
  }

  /** The end of the white space, or of what is none, from a place on. */
  private static int endOf(String text, int from, boolean whiteSpace) {
    int at = from;
    while (at < text.length() && isWhiteSpace(text.codePointAt(at)) == whiteSpace) {
      at += Character.charCount(text.codePointAt(at));
    }
    return at;
  }

  /** What Python takes for white space. */
  private static boolean isWhiteSpace(int codePoint) {
    return Character.isWhitespace(codePoint) || Character.isSpaceChar(codePoint) || codePoint == NEXT_LINE;
  }

  /** A text with the places of its characters. */
  private static final class Run {
    private final String text;
    /** Where each character begins, and where the last one ends. */
    private final int[] places;

    Run(String text) {
      this.text = text;
      places = new int[text.codePointCount(0, text.length()) + 1];
      for (int i = 1; i < places.length; i++) {
        places[i] = places[i - 1] + Character.charCount(text.codePointAt(places[i - 1]));
      }
    }

    int characters() {
      return places.length - 1;
    }

    /** All runs of so many characters. */
    void forEach(int length, Consumer<String> consumer) {
      for (int first = 0; first + length < places.length; first++) {
        consumer.accept(text.substring(places[first], places[first + length]));
      }
    }
  }
}
