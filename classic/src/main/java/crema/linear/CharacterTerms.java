package crema.linear;

import crema.base.IntList;
import java.util.Arrays;
import java.util.Locale;

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
  public void forEachTerm(String text, Visitor visitor) {
    String cased = lowercase ? text.toLowerCase(Locale.ROOT) : text;
    if (withinWords) {
      words(cased, visitor);
    } else {
      Run run = singleSpaced(cased);
      for (int length = minNgram; length <= Math.min(maxNgram, run.characters()); length++) {
        run.forEach(length, visitor);
      }
    }
  }

  private void words(String text, Visitor visitor) {
    for (int at = 0; at < text.length();) {
      int start = endOf(text, at, true);
      int end = endOf(text, start, false);
      if (end > start) {
        word(new Run(" " + text.substring(start, end) + " ", start - 1), visitor);
      }
      at = end;
    }
  }

  private void word(Run word, Visitor visitor) {
    for (int length = minNgram; length <= maxNgram; length++) {
      if (length >= word.characters()) {
        word.forEach(word.characters(), visitor);
        return;
      }
      word.forEach(length, visitor);
    }
  }

  private static Run singleSpaced(String text) {
    var result = new StringBuilder(text.length());
    // What was left out before places of the result; empty where white space is single everywhere.
    var cuts = new IntList();
    var left = new IntList();
    for (int at = 0; at < text.length();) {
      int blanks = endOf(text, at, true);
      boolean isSingle = blanks > at && text.offsetByCodePoints(at, 1) == blanks;
      result.append(isSingle ? text.substring(at, blanks) : blanks > at ? " " : "");
      if (blanks - result.length() != (left.isEmpty() ? 0 : left.get(left.size() - 1))) {
        cuts.add(result.length());
        left.add(blanks - result.length());
      }
      int end = endOf(text, blanks, false);
      result.append(text, blanks, end);
      at = end;
    }
    return new Run(result.toString(), cuts.toArray(), left.toArray());
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
    private static final int[] NONE = {};

    private final String text;
    /** Where each character begins, and where the last one ends. */
    private final int[] places;
    /** From these places of the text on, what it was made of has so many more characters before. */
    private final int[] cuts;
    private final int[] left;
    private final int first;

    /**
     * A part of a text.
     *
     * @param first where it begins there
     */
    Run(String text, int first) {
      this(text, NONE, NONE, first);
    }

    /** A text that was made of another, of which so much was left out before some places. */
    Run(String text, int[] cuts, int[] left) {
      this(text, cuts, left, 0);
    }

    private Run(String text, int[] cuts, int[] left, int first) {
      this.text = text;
      this.cuts = cuts;
      this.left = left;
      this.first = first;
      places = new int[text.codePointCount(0, text.length()) + 1];
      for (int i = 1; i < places.length; i++) {
        places[i] = places[i - 1] + Character.charCount(text.codePointAt(places[i - 1]));
      }
    }

    int characters() {
      return places.length - 1;
    }

    /** All runs of so many characters. */
    void forEach(int length, Visitor visitor) {
      for (int start = 0; start + length < places.length; start++) {
        int from = places[start];
        int to = places[start + length];
        visitor.term(text.substring(from, to), origin(from), origin(to));
      }
    }

    private int origin(int place) {
      if (cuts.length == 0) {
        return first + place;
      }
      int found = Arrays.binarySearch(cuts, place);
      int before = found >= 0 ? found : -found - 2;
      return place + (before < 0 ? 0 : left[before]);
    }
  }
}
