package crema.report;

import java.text.BreakIterator;
import java.util.Locale;

/**
 * How many columns text takes in a terminal: two for East Asian wide and full-width characters and emoji, none for
 * combining marks. Text is measured and cut by grapheme clusters, never inside one.
 */
final class DisplayWidth {

  /** First and last code points of the blocks that Unicode's EastAsianWidth.txt gives as W or F throughout. */
  private static final int[][] WIDE = {
      {0x1100, 0x115F}, {0x2E80, 0x303E}, {0x3041, 0x33FF}, {0x3400, 0x4DBF}, {0x4E00, 0x9FFF}, {0xA000, 0xA4CF},
      {0xA960, 0xA97F}, {0xAC00, 0xD7A3}, {0xF900, 0xFAFF}, {0xFE10, 0xFE19}, {0xFE30, 0xFE6F}, {0xFF00, 0xFF60},
      {0xFFE0, 0xFFE6}, {0x16FE0, 0x18CFF}, {0x1AFF0, 0x1B2FF}, {0x20000, 0x3FFFD},
  };

  private static final int EMOJI_PRESENTATION_SELECTOR = 0xFE0F;

  private DisplayWidth() {}

  /** The columns that {@code text} takes. */
  static int of(String text) {
    int width = 0;
    var clusters = clusters(text);
    int start = clusters.first();
    for (int end = clusters.next(); end != BreakIterator.DONE; start = end, end = clusters.next()) {
      width += ofCluster(text.substring(start, end));
    }
    return width;
  }

  /** The longest beginning of {@code text} that fits, with an ellipsis where something was cut. */
  static String truncate(String text, int columns) {
    if (of(text) <= columns) {
      return text;
    }
    int width = 0;
    var clusters = clusters(text);
    int start = clusters.first();
    for (int end = clusters.next(); end != BreakIterator.DONE; start = end, end = clusters.next()) {
      width += ofCluster(text.substring(start, end));
      if (width > columns - 1) {
        break;
      }
    }
    return text.substring(0, start) + "…";
  }

  /**
   * {@code text} with an ellipsis in place of what does not fit.
   *
   * @param head the share of the columns for its beginning; the others are for its end
   */
  static String shorten(String text, int columns, double head) {
    if (of(text) <= columns) {
      return text;
    }
    String beginning = truncate(text, 1 + (int) (head * (columns - 1)));
    int left = columns - of(beginning);
    int from = text.length();
    var clusters = clusters(text);
    int end = clusters.last();
    for (int start = clusters.previous(); start != BreakIterator.DONE; end = start, start = clusters.previous()) {
      left -= ofCluster(text.substring(start, end));
      if (left < 0) {
        break;
      }
      from = start;
    }
    return beginning + text.substring(from);
  }

  /**
   * Text that cannot steer a terminal: control characters, and the format characters that reorder text, are replaced.
   * Labels and titles come from files, and an escape sequence in them must not be obeyed.
   */
  static String printable(String text) {
    var safe = new StringBuilder(text.length());
    text.codePoints()
        .map(c -> Character.isISOControl(c) || reordersText(c) || c == 0x2028 || c == 0x2029 ? 0xFFFD : c)
        .forEach(safe::appendCodePoint);
    return safe.toString();
  }

  private static boolean reordersText(int c) {
    return c == 0x200E || c == 0x200F || (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
  }

  private static BreakIterator clusters(String text) {
    var clusters = BreakIterator.getCharacterInstance(Locale.ROOT);
    clusters.setText(text);
    return clusters;
  }

  private static int ofCluster(String cluster) {
    return cluster.codePoints().map(DisplayWidth::ofCodePoint).max().orElse(0);
  }

  private static int ofCodePoint(int c) {
    if (c == EMOJI_PRESENTATION_SELECTOR || Character.isEmojiPresentation(c)) {
      return 2;
    }
    switch (Character.getType(c)) {
      case Character.NON_SPACING_MARK, Character.ENCLOSING_MARK, Character.FORMAT:
        return 0;
      default:
    }
    for (var range : WIDE) {
      if (c >= range[0] && c <= range[1]) {
        return 2;
      }
    }
    return 1;
  }
}
