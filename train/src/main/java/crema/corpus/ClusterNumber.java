package crema.corpus;

/** Numbers of clusters: whole, and not negative. */
final class ClusterNumber {
  /** There is none. */
  static final long NONE = -1;

  private static final int MOST_DIGITS = 18;

  private ClusterNumber() {}

  /** The number that some bytes are, in quotes or with {@code .0} after it or not, or {@link #NONE}. */
  static long of(byte[] bytes, int start, int end) {
    int from = start;
    int to = end;
    while (from < to && ObjectScanner.isBlank(bytes[from])) {
      from++;
    }
    while (from < to && ObjectScanner.isBlank(bytes[to - 1])) {
      to--;
    }
    if (to - from > 2 && bytes[to - 1] == '0' && bytes[to - 2] == '.') {
      // Python's pandas writes numbers of a column with gaps so.
      to -= 2;
    }
    if (from == to || to - from > MOST_DIGITS) {
      return NONE;
    }
    long value = 0;
    for (int i = from; i < to; i++) {
      int digit = bytes[i] - '0';
      if (digit < 0 || digit > 9) {
        return NONE;
      }
      value = 10 * value + digit;
    }
    return value;
  }
}
