package crema.base;

import java.util.Arrays;
import java.util.Locale;

/** Where the characters of a text in lower case come from: some letters, such as a capital I with a dot, become two. */
public final class LowerCase {
  private LowerCase() {}

  /**
   * The place in a text of each {@code char} of its lower case, and behind them the length of the text:
   * {@code [length in lower case + 1]}.
   */
  public static int[] origins(String text) {
    int length = text.toLowerCase(Locale.ROOT).length();
    var origins = new int[length + 1];
    if (length == text.length()) {
      Arrays.setAll(origins, place -> place);
      return origins;
    }
    int filled = 0;
    for (int at = 0; at < text.length();) {
      int next = at + Character.charCount(text.codePointAt(at));
      int end = Math.min(length, filled + text.substring(at, next).toLowerCase(Locale.ROOT).length());
      Arrays.fill(origins, filled, end, at);
      filled = end;
      at = next;
    }
    Arrays.fill(origins, filled, length + 1, text.length());
    return origins;
  }

  /**
   * The end in the text of a part of its lower case.
   *
   * @param origins of the lower case
   * @param to where the part ends there, exclusive
   */
  public static int end(int[] origins, int to) {
    int end = to;
    // A letter that became two is in a part if one of them is.
    while (end > 0 && end < origins.length - 1 && origins[end] == origins[end - 1]) {
      end++;
    }
    return origins[end];
  }
}
