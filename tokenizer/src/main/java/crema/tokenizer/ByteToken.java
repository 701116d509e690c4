package crema.tokenizer;

import java.util.Arrays;
import java.util.Locale;

/** Tokens that stand for one byte each, {@code <0x00>} to {@code <0xFF>}, into which unknown characters fall apart. */
final class ByteToken {
  private ByteToken() {}

  /** Returns the token of a byte. */
  static String of(int value) {
    return String.format(Locale.ROOT, "<0x%02X>", value);
  }

  /** Returns the byte that a token stands for, or -1; lower-case digits count too. */
  static int value(String token) {
    if (token.length() != 6 || !token.startsWith("<0x") || token.charAt(5) != '>') {
      return -1;
    }
    var high = Character.digit(token.charAt(3), 16);
    var low = Character.digit(token.charAt(4), 16);
    return high < 0 || low < 0 || token.charAt(3) > 'f' || token.charAt(4) > 'f' ? -1 : high << 4 | low;
  }

  /** Returns the id of each byte's token, or -1. */
  static int[] ids(Vocabulary vocabulary) {
    var ids = new int[256];
    Arrays.setAll(ids, value -> vocabulary.id(of(value)));
    return ids;
  }

  /** Whether each of the first {@code count} bytes has an id. */
  static boolean areKnown(byte[] bytes, int count, int[] ids) {
    for (int i = 0; i < count; i++) {
      if (ids[bytes[i] & 0xFF] < 0) {
        return false;
      }
    }
    return true;
  }
}
