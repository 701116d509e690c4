package crema.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * GPT-2's alphabet of 256 printable characters, one a byte, in which the tokens of a byte-level vocabulary are
 * spelled. Bytes that are printable in Latin-1 stand for themselves; the other 68, in ascending order, are
 * U+0100 to U+0143, so a space is {@code Ġ} and a line feed {@code Ċ}.
 *
 * <p>Source: {@code bytes_to_unicode} in {@code encoder.py} of openai/gpt-2.
 */
final class ByteAlphabet {
  private static final char[] LETTERS = letters();
  private static final short[] BYTES = bytes(LETTERS);

  private ByteAlphabet() {}

  /** Returns the character of a byte, given as a number from 0 to 255. */
  static char letter(int byteValue) {
    return LETTERS[byteValue];
  }

  /** Returns the byte of a character, or -1 if the character is not of the alphabet. */
  static int byteOf(char letter) {
    return letter < BYTES.length ? BYTES[letter] : -1;
  }

  /** Spells {@code length} bytes in the alphabet. */
  static String spell(byte[] bytes, int length) {
    var letters = new char[length];
    for (int i = 0; i < length; i++) {
      letters[i] = LETTERS[bytes[i] & 0xFF];
    }
    return new String(letters);
  }

  /** Appends the spelling of the UTF-8 of {@code text[from, to)} to the text that is being written. */
  static void spell(AlignedText text, int from, int to) {
    var chars = text.chars();
    for (int i = from; i < to; i = CharacterClass.after(chars, i)) {
      var c = Character.codePointAt(chars, i, to);
      if (c < 0x80) {
        text.put(LETTERS[c], i);
      } else if (c < 0x800) {
        text.put(LETTERS[0xC0 | c >> 6], i);
        text.put(LETTERS[0x80 | c & 0x3F], i);
      } else if (c < 0x10000) {
        text.put(LETTERS[0xE0 | c >> 12], i);
        text.put(LETTERS[0x80 | c >> 6 & 0x3F], i);
        text.put(LETTERS[0x80 | c & 0x3F], i);
      } else {
        text.put(LETTERS[0xF0 | c >> 18], i);
        text.put(LETTERS[0x80 | c >> 12 & 0x3F], i);
        text.put(LETTERS[0x80 | c >> 6 & 0x3F], i);
        text.put(LETTERS[0x80 | c & 0x3F], i);
      }
    }
  }

  /**
   * Returns the bytes that a token spells; a token with a character outside of the alphabet stands for its own UTF-8.
   */
  static byte[] bytes(String token) {
    var bytes = new byte[token.length()];
    for (int i = 0; i < bytes.length; i++) {
      var value = byteOf(token.charAt(i));
      if (value < 0) {
        return token.getBytes(StandardCharsets.UTF_8);
      }
      bytes[i] = (byte) value;
    }
    return bytes;
  }

  private static char[] letters() {
    var letters = new char[256];
    var next = (char) 256;
    for (int value = 0; value < 256; value++) {
      var printable = value >= '!' && value <= '~' || value >= 0xA1 && value <= 0xFF && value != 0xAD;
      letters[value] = printable ? (char) value : next++;
    }
    return letters;
  }

  private static short[] bytes(char[] letters) {
    var bytes = new short[0x144];
    Arrays.fill(bytes, (short) -1);
    for (int value = 0; value < letters.length; value++) {
      bytes[letters[value]] = (short) value;
    }
    return bytes;
  }
}
