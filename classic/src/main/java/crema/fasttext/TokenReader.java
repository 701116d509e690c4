package crema.fasttext;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Splits bytes into fastText's tokens: runs of bytes between ASCII white space or NUL, and a token {@code </s>} at
 * each end of line.
 *
 * <p>After {@link #next} returned true, the token is {@code bytes()[start() .. end())}, until the next call.
 */
final class TokenReader {
  /** The token at the end of each line. */
  static final String END_OF_LINE = "</s>";

  private static final byte[] END_BYTES = END_OF_LINE.getBytes(StandardCharsets.US_ASCII);
  private static final int END_HASH = Fnv.hash(END_BYTES, 0, END_BYTES.length);
  private static final long WHITE_SPACE =
      1L << ' ' | 1L << '\n' | 1L << '\r' | 1L << '\t' | 1L << 0x0B | 1L << '\f' | 1L;
  private static final int LONGEST_TOKEN = 1 << 30;

  private final @Nullable InputStream in;
  private byte[] buffer;
  private int position;
  private int limit;

  private byte[] bytes = END_BYTES;
  private int start;
  private int end;
  private int hash;

  /** Reads tokens from a stream, which it buffers and does not close. */
  TokenReader(InputStream in) {
    this.in = in;
    buffer = new byte[1 << 16];
  }

  /** Reads tokens from the first {@code length} bytes of an array. */
  TokenReader(byte[] text, int length) {
    in = null;
    buffer = text;
    limit = length;
  }

  /** The line of a text that is one line by definition: its line breaks are white space, and it ends. */
  static TokenReader ofLine(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    byte[] line = Arrays.copyOf(utf8, utf8.length + 1);
    for (int i = 0; i < utf8.length; i++) {
      if (line[i] == '\n') {
        line[i] = ' ';
      }
    }
    line[utf8.length] = '\n';
    return new TokenReader(line, line.length);
  }

  static boolean isEndOfLine(byte[] bytes, int start, int end) {
    return Arrays.equals(bytes, start, end, END_BYTES, 0, END_BYTES.length);
  }

  /** Whether there is nothing left, not even white space. */
  boolean atEnd() throws IOException {
    return position == limit && !fill(position);
  }

  /** Moves to the next token; false at the end of the input. */
  boolean next() throws IOException {
    byte b;
    do {
      if (position == limit && !fill(position)) {
        return false;
      }
      b = buffer[position++];
      if (b == '\n') {
        bytes = END_BYTES;
        start = 0;
        end = END_BYTES.length;
        hash = END_HASH;
        return true;
      }
    } while (isWhiteSpace(b));
    start = position - 1;
    int h = Fnv.add(Fnv.BASIS, b);
    while (true) {
      if (position == limit) {
        int length = position - start;
        boolean more = fill(start);
        start = position - length;
        if (!more) {
          break;
        }
      }
      b = buffer[position];
      if (isWhiteSpace(b)) {
        break;
      }
      h = Fnv.add(h, b);
      position++;
    }
    bytes = buffer;
    end = position;
    hash = h;
    return true;
  }

  private static boolean isWhiteSpace(byte b) {
    return b <= ' ' && b >= 0 && (WHITE_SPACE >>> b & 1) != 0;
  }

  /** Reads more behind the bytes from {@code keep} on, which may move to the buffer's start. */
  private boolean fill(int keep) throws IOException {
    if (in == null) {
      return false;
    }
    int kept = limit - keep;
    if (keep > 0) {
      System.arraycopy(buffer, keep, buffer, 0, kept);
    } else if (kept == buffer.length) {
      if (kept >= LONGEST_TOKEN) {
        throw new IOException("a token is longer than 1 GiB; is this a text file with spaces between words?");
      }
      buffer = Arrays.copyOf(buffer, 2 * kept);
    }
    position -= keep;
    limit = kept;
    int read = in.read(buffer, kept, buffer.length - kept);
    if (read <= 0) {
      return false;
    }
    limit += read;
    return true;
  }

  byte[] bytes() {
    return bytes;
  }

  int start() {
    return start;
  }

  int end() {
    return end;
  }

  /** The token's {@link Fnv} hash. */
  int hash() {
    return hash;
  }

  /** Whether the token ends a line, be it a line break or {@code </s>} written out. */
  boolean endsLine() {
    return hash == END_HASH && isEndOfLine(bytes, start, end);
  }
}
