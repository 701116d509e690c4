package crema.data.image;

import java.nio.charset.StandardCharsets;

/** The bytes of a file with random access, in either order of bytes. */
final class HeaderBytes {
  private final byte[] bytes;
  private final int begin;
  private final int end;

  /** All of a file. */
  HeaderBytes(byte[] bytes) {
    this(bytes, 0, bytes.length);
  }

  private HeaderBytes(byte[] bytes, int begin, int end) {
    this.bytes = bytes;
    this.begin = begin;
    this.end = end;
  }

  /** A part, as far as it is there. */
  HeaderBytes part(int from, int length) throws PastTheEnd {
    if (from < 0 || from > length() || length < 0) {
      throw new PastTheEnd();
    }
    return new HeaderBytes(bytes, begin + from, (int) Math.min((long) begin + from + length, end));
  }

  int length() {
    return end - begin;
  }

  /** A byte, 0 to 255. */
  int u8(int at) throws PastTheEnd {
    if (at < 0 || at >= length()) {
      throw new PastTheEnd();
    }
    return bytes[begin + at] & 0xFF;
  }

  /** Two bytes, the larger first. */
  int u16(int at) throws PastTheEnd {
    return u8(at) << 8 | u8(at + 1);
  }

  /** Two bytes, the smaller first. */
  int u16le(int at) throws PastTheEnd {
    return u8(at + 1) << 8 | u8(at);
  }

  /** Three bytes, the smallest first. */
  int u24le(int at) throws PastTheEnd {
    return u8(at + 2) << 16 | u16le(at);
  }

  /** Four bytes, the largest first. */
  int i32(int at) throws PastTheEnd {
    return u16(at) << 16 | u16(at + 2);
  }

  /** Four bytes, the smallest first. */
  int i32le(int at) throws PastTheEnd {
    return u16le(at + 2) << 16 | u16le(at);
  }

  /** Whether ASCII stands at a place. */
  boolean holds(int at, String text) {
    if (at < 0 || at > length() - text.length()) {
      return false;
    }
    return new String(bytes, begin + at, text.length(), StandardCharsets.ISO_8859_1).equals(text);
  }
}
