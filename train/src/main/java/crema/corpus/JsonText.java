package crema.corpus;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Bytes that grow, and JSON strings in them in one form: UTF-8 with no escapes but those that JSON demands (RFC 8259,
 * section 7). So two strings of one text have the same bytes, however they were written.
 */
final class JsonText {
  private static final byte[] HEX = {'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'};
  private static final int REPLACEMENT = 0xfffd;

  private byte[] bytes = new byte[1 << 12];
  private int length;

  /** The bytes, of which the first {@link #length()} count. */
  byte[] bytes() {
    return bytes;
  }

  int length() {
    return length;
  }

  /** Goes back to a length. */
  void truncate(int shorter) {
    length = shorter;
  }

  /** Adds bytes as they are. */
  void append(byte[] added) {
    append(added, 0, added.length);
  }

  /** Adds bytes as they are. */
  void append(byte[] source, int from, int to) {
    reserve(to - from);
    System.arraycopy(source, from, bytes, length, to - from);
    length += to - from;
  }

  /**
   * Adds the inside of a JSON string with escapes, in the one form. A half of a surrogate pair becomes U+FFFD.
   *
   * @return false if an escape is none of JSON's
   */
  boolean appendUnescaped(byte[] source, int from, int to) {
    int i = from;
    while (i < to) {
      int next = ByteWords.special(source, i, to);
      append(source, i, next);
      if (next >= to) {
        break;
      }
      if (next + 1 >= to) {
        return false;
      }
      i = next + 2;
      switch (source[next + 1]) {
        case '"', '\\', '/' -> appendPoint(source[next + 1]);
        case 'n' -> appendPoint('\n');
        case 'r' -> appendPoint('\r');
        case 't' -> appendPoint('\t');
        case 'b' -> appendPoint('\b');
        case 'f' -> appendPoint('\f');
        case 'u' -> {
          int unit = hex(source, i, to);
          if (unit < 0) {
            return false;
          }
          i += 4;
          int point = unit;
          if (Character.isSurrogate((char) unit)) {
            boolean isPair = Character.isHighSurrogate((char) unit) && i + 1 < to && source[i] == '\\'
                && source[i + 1] == 'u';
            int low = isPair ? hex(source, i + 2, to) : -1;
            point = REPLACEMENT;
            if (low >= 0 && Character.isLowSurrogate((char) low)) {
              point = Character.toCodePoint((char) unit, (char) low);
              i += 6;
            }
          }
          appendPoint(point);
        }
        default -> {
          return false;
        }
      }
    }
    return true;
  }

  /** Four hexadecimal digits, or -1. */
  private static int hex(byte[] source, int from, int to) {
    if (from + 4 > to) {
      return -1;
    }
    int value = 0;
    for (int i = from; i < from + 4; i++) {
      int digit = Character.digit(source[i], 16);
      if (digit < 0) {
        return -1;
      }
      value = value << 4 | digit;
    }
    return value;
  }

  private void appendPoint(int point) {
    reserve(6);
    if (point < 0x80) {
      appendAscii(point);
    } else if (point < 0x800) {
      bytes[length++] = (byte) (0xc0 | point >> 6);
      bytes[length++] = (byte) (0x80 | point & 0x3f);
    } else if (point < 0x10000) {
      bytes[length++] = (byte) (0xe0 | point >> 12);
      bytes[length++] = (byte) (0x80 | point >> 6 & 0x3f);
      bytes[length++] = (byte) (0x80 | point & 0x3f);
    } else {
      bytes[length++] = (byte) (0xf0 | point >> 18);
      bytes[length++] = (byte) (0x80 | point >> 12 & 0x3f);
      bytes[length++] = (byte) (0x80 | point >> 6 & 0x3f);
      bytes[length++] = (byte) (0x80 | point & 0x3f);
    }
  }

  private void appendAscii(int c) {
    char escape = switch (c) {
      case '"', '\\' -> (char) c;
      case '\n' -> 'n';
      case '\r' -> 'r';
      case '\t' -> 't';
      case '\b' -> 'b';
      case '\f' -> 'f';
      default -> c < ' ' ? 'u' : 0;
    };
    if (escape == 0) {
      bytes[length++] = (byte) c;
      return;
    }
    bytes[length++] = '\\';
    bytes[length++] = (byte) escape;
    if (escape == 'u') {
      bytes[length++] = '0';
      bytes[length++] = '0';
      bytes[length++] = HEX[c >> 4];
      bytes[length++] = HEX[c & 15];
    }
  }

  private void reserve(int count) {
    if (length + count > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(length + count, 2 * bytes.length));
    }
  }

  /** The inside of a JSON string with escapes in the one form, or null if an escape is none of JSON's. */
  static byte @Nullable [] decoded(byte[] source, int from, int to) {
    var text = new JsonText();
    return text.appendUnescaped(source, from, to) ? Arrays.copyOf(text.bytes, text.length) : null;
  }

  /** Whether bytes are UTF-8 as it is defined (Unicode, table 3-7): no surrogates, nothing longer than it must be. */
  static boolean isUtf8(byte[] source, int from, int to) {
    int i = from;
    while (i < to) {
      if (i + Long.BYTES <= to && (ByteWords.at(source, i) & ByteWords.HIGH) == 0) {
        i += Long.BYTES;
        continue;
      }
      int b = source[i++] & 0xff;
      if (b < 0x80) {
        continue;
      }
      int more = b < 0xc2 ? -1 : b < 0xe0 ? 1 : b < 0xf0 ? 2 : b < 0xf5 ? 3 : -1;
      if (more < 0 || i + more > to) {
        return false;
      }
      int second = source[i] & 0xff;
      boolean isOutside = switch (b) {
        case 0xe0 -> second < 0xa0;
        case 0xed -> second > 0x9f;
        case 0xf0 -> second < 0x90;
        case 0xf4 -> second > 0x8f;
        default -> false;
      };
      if (isOutside) {
        return false;
      }
      for (; more > 0; more--) {
        if ((source[i++] & 0xc0) != 0x80) {
          return false;
        }
      }
    }
    return true;
  }
}
