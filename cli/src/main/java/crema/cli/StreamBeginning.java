package crema.cli;

import crema.data.DataFile;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The first line of a stream, from which is told how the rest is to be read. No more than that is waited for: whoever
 * writes texts one by one gets an answer to the first before the second is there.
 */
final class StreamBeginning {
  /** More than any header has. */
  private static final int LONGEST = 1 << 20;
  /** A first line that says nothing without the next one. */
  private static final Pattern OPEN = Pattern.compile("\\s*(\\[|\\{|\\[\\s*\\{|sep=.{0,2})\\s*");

  private final byte[] bytes;

  private StreamBeginning(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Reads the first line of a stream. */
  static StreamBeginning of(InputStream stream) throws IOException {
    var line = new ByteArrayOutputStream();
    int next = stream.read();
    for (; next >= 0; next = stream.read()) {
      line.write(next);
      boolean ends = next == '\n' && !OPEN.matcher(line.toString(StandardCharsets.ISO_8859_1)).matches();
      if (ends || line.size() == LONGEST) {
        break;
      }
    }
    return new StreamBeginning(withoutMark(line.toByteArray()));
  }

  /** Without byte order marks of UTF-8. */
  private static byte[] withoutMark(byte[] bytes) {
    int from = 0;
    while (begins(bytes, from, 0xef, 0xbb, 0xbf)) {
      from += 3;
    }
    return Arrays.copyOfRange(bytes, from, bytes.length);
  }

  /** Whether there is nothing. */
  boolean isEmpty() {
    return bytes.length == 0;
  }

  /**
   * Whether the stream is text whose line ends are bytes of their own: neither compressed nor in wide characters.
   *
   * @param encoding of the text, or null if none is known
   */
  boolean isPlain(@Nullable Charset encoding) {
    if (encoding != null) {
      return "\n".getBytes(encoding).length == 1;
    }
    for (byte each : bytes) {
      if (each == 0) {
        return false;
      }
    }
    return !DataFile.isStored(bytes) && !begins(bytes, 0, 0xff, 0xfe) && !begins(bytes, 0, 0xfe, 0xff);
  }

  /** As a file. */
  DataFile file(String name) {
    return DataFile.of(name, bytes);
  }

  /** The whole stream. */
  InputStream followedBy(InputStream rest) {
    return new SequenceInputStream(new ByteArrayInputStream(bytes), rest);
  }

  private static boolean begins(byte[] bytes, int from, int... expected) {
    if (bytes.length < from + expected.length) {
      return false;
    }
    for (int i = 0; i < expected.length; i++) {
      if ((bytes[from + i] & 0xff) != expected[i]) {
        return false;
      }
    }
    return true;
  }
}
