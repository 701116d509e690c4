package crema.data;

import java.lang.Character.UnicodeScript;
import java.text.BreakIterator;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A word of a text as people point at it: what stands between white space. Scripts that are written without spaces have
 * no such words: there each character that a reader sees, a grapheme cluster of Unicode, is one, but for Katakana, of
 * which a run is a word. The columns of a {@link FieldText} have words of their own.
 *
 * @param text the word
 * @param column the column that it is in, from 0
 * @param start where it begins in the whole text
 * @param end where it ends, exclusive
 */
public record TextWord(String text, int column, int start, int end) {
  private static final int LONG_VOWEL = 'ー';

  /** The words of a text, in their order. */
  public static List<TextWord> of(String text) {
    var words = new ArrayList<TextWord>();
    BreakIterator graphemes = BreakIterator.getCharacterInstance(Locale.ROOT);
    graphemes.setText(text);
    int column = 0;
    int start = -1;
    Kind before = Kind.BLANK;
    for (int at = graphemes.first(); at < text.length();) {
      int next = graphemes.next();
      Kind kind = Kind.of(text.codePointAt(at));
      if (start >= 0 && (kind != before || kind == Kind.ALONE)) {
        words.add(new TextWord(text.substring(start, at), column, start, at));
        start = -1;
      }
      if (kind != Kind.BLANK && start < 0) {
        start = at;
      }
      if (text.charAt(at) == FieldText.SEPARATOR) {
        column++;
      }
      before = kind;
      at = next;
    }
    if (start >= 0) {
      words.add(new TextWord(text.substring(start), column, start, text.length()));
    }
    return words;
  }

  /** How characters make words. */
  private enum Kind {
    /** White space. */
    BLANK,
    /** One is a word. */
    ALONE,
    /** A run is a word. */
    KATAKANA, SPACED;

    static Kind of(int character) {
      if (Character.isWhitespace(character) || Character.isSpaceChar(character)) {
        return BLANK;
      }
      return character == LONG_VOWEL ? KATAKANA : switch (UnicodeScript.of(character)) {
        case HAN, HIRAGANA, THAI, LAO, KHMER, MYANMAR, TIBETAN -> ALONE;
        case UnicodeScript script when script == UnicodeScript.KATAKANA -> KATAKANA;
        default -> SPACED;
      };
    }
  }

  /** A text without some of its words; of the white space around each that goes, one character goes with it. */
  public static String without(String text, List<TextWord> words) {
    var rest = new StringBuilder(text);
    for (TextWord word : words.reversed()) {
      boolean isAfterBlank = word.start > 0 && isBlank(text.charAt(word.start - 1));
      boolean isBeforeBlank = word.end == text.length() || isBlank(text.charAt(word.end));
      rest.delete(isAfterBlank && isBeforeBlank ? word.start - 1 : word.start, word.end);
    }
    return rest.toString();
  }

  private static boolean isBlank(char character) {
    return character != FieldText.SEPARATOR && Character.isWhitespace(character);
  }
}
