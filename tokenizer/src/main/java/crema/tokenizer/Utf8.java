package crema.tokenizer;

/** UTF-8 without allocation, for text whose surrogates are all paired. */
final class Utf8 {
  /** The most bytes that one {@code char} of a text can take. */
  static final int MAX_BYTES_PER_CHAR = 3;

  private Utf8() {}

  /** Writes the UTF-8 of {@code text[from, to)} to the start of {@code out} and returns its length. */
  static int encode(char[] text, int from, int to, byte[] out) {
    int length = 0;
    for (int i = from; i < to; i++) {
      int c = text[i];
      if (c < 0x80) {
        out[length++] = (byte) c;
      } else if (c < 0x800) {
        out[length++] = (byte) (0xC0 | c >> 6);
        out[length++] = (byte) (0x80 | c & 0x3F);
      } else if (Character.isHighSurrogate((char) c)) {
        var codePoint = Character.toCodePoint((char) c, text[++i]);
        out[length++] = (byte) (0xF0 | codePoint >> 18);
        out[length++] = (byte) (0x80 | codePoint >> 12 & 0x3F);
        out[length++] = (byte) (0x80 | codePoint >> 6 & 0x3F);
        out[length++] = (byte) (0x80 | codePoint & 0x3F);
      } else {
        out[length++] = (byte) (0xE0 | c >> 12);
        out[length++] = (byte) (0x80 | c >> 6 & 0x3F);
        out[length++] = (byte) (0x80 | c & 0x3F);
      }
    }
    return length;
  }

  /** Returns how many bytes the character has that starts at {@code text[index]}. */
  static int length(char[] text, int index) {
    var c = text[index];
    return c < 0x80 ? 1 : c < 0x800 ? 2 : Character.isHighSurrogate(c) ? 4 : 3;
  }

  /** Whether every surrogate of a text is one of a pair. */
  static boolean isWellFormed(CharSequence text) {
    for (int i = 0; i < text.length(); i++) {
      var c = text.charAt(i);
      if (Character.isSurrogate(c)) {
        if (!Character.isHighSurrogate(c) || i + 1 == text.length() || !Character.isLowSurrogate(text.charAt(i + 1))) {
          return false;
        }
        i++;
      }
    }
    return true;
  }

  /** Replaces each unpaired surrogate of {@code text[0, length)} by U+FFFD, as encoding to UTF-8 has no form for it. */
  static void replaceUnpairedSurrogates(char[] text, int length) {
    for (int i = 0; i < length; i++) {
      var c = text[i];
      if (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) {
        if (c <= Character.MAX_HIGH_SURROGATE && i + 1 < length && Character.isLowSurrogate(text[i + 1])) {
          i++;
        } else {
          text[i] = '\uFFFD';
        }
      }
    }
  }
}
