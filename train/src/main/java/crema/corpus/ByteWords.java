package crema.corpus;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Looks for bytes eight at a time. The test for a zero byte in a word is that of Mycroft (1987): its lowest hit is exact,
 * and the lowest is all that is asked for.
 */
final class ByteWords {
  static final long ONES = 0x0101010101010101L;
  static final long HIGH = 0x8080808080808080L;

  private static final long NEWLINE = '\n' * ONES;
  private static final long QUOTE = '"' * ONES;
  private static final long BACKSLASH = '\\' * ONES;
  private static final long SPACE = ' ' * ONES;

  private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private ByteWords() {}

  /** Eight bytes, the first of them lowest. */
  static long at(byte[] bytes, int index) {
    return (long) LONG.get(bytes, index);
  }

  /** The first line feed from an index on, or {@code to}. */
  static int lineFeed(byte[] bytes, int from, int to) {
    int i = from;
    for (; i + Long.BYTES <= to; i += Long.BYTES) {
      long word = at(bytes, i) ^ NEWLINE;
      long hit = (word - ONES) & ~word & HIGH;
      if (hit != 0) {
        return i + (Long.numberOfTrailingZeros(hit) >>> 3);
      }
    }
    while (i < to && bytes[i] != '\n') {
      i++;
    }
    return i;
  }

  /** The first quote, backslash or control character from an index on, or {@code to}. */
  static int special(byte[] bytes, int from, int to) {
    int i = from;
    for (; i + Long.BYTES <= to; i += Long.BYTES) {
      long word = at(bytes, i);
      long quote = word ^ QUOTE;
      long backslash = word ^ BACKSLASH;
      long hit = (((quote - ONES) & ~quote) | ((backslash - ONES) & ~backslash) | ((word - SPACE) & ~word)) & HIGH;
      if (hit != 0) {
        return i + (Long.numberOfTrailingZeros(hit) >>> 3);
      }
    }
    while (i < to && bytes[i] != '"' && bytes[i] != '\\' && (bytes[i] & 0xff) >= ' ') {
      i++;
    }
    return i;
  }
}
