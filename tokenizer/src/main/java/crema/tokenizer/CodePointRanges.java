package crema.tokenizer;

import java.util.Arrays;

/** A set of code points, as ranges. Immutable. */
final class CodePointRanges {
  static final CodePointRanges NONE = new CodePointRanges(new int[0], new int[0]);

  private final int[] firsts;
  private final int[] lasts;

  private CodePointRanges(int[] firsts, int[] lasts) {
    this.firsts = firsts;
    this.lasts = lasts;
  }

  /** Returns a set of ranges in hexadecimal digits, ascending, as {@code 7FD 897-89F}. */
  static CodePointRanges of(String ranges) {
    var parts = ranges.strip().split("\\s+");
    var firsts = new int[parts.length];
    var lasts = new int[parts.length];
    for (int i = 0; i < parts.length; i++) {
      var dash = parts[i].indexOf('-');
      firsts[i] = Integer.parseInt(dash < 0 ? parts[i] : parts[i].substring(0, dash), 16);
      lasts[i] = dash < 0 ? firsts[i] : Integer.parseInt(parts[i].substring(dash + 1), 16);
    }
    return new CodePointRanges(firsts, lasts);
  }

  boolean contains(int codePoint) {
    var at = Arrays.binarySearch(firsts, codePoint);
    var range = at >= 0 ? at : -at - 2;
    return range >= 0 && codePoint <= lasts[range];
  }
}
