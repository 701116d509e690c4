package crema.data;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/** The bytes in UTF-8 of a text in another encoding; what is no character in that one becomes U+FFFD. */
final class TranscodedStream extends InputStream {
  private static final int CHARACTERS = 1 << 13;

  private final Reader text;
  private final CharsetEncoder encoder = StandardCharsets.UTF_8.newEncoder();
  private final CharBuffer characters = CharBuffer.allocate(CHARACTERS).flip();
  private final ByteBuffer bytes = ByteBuffer.allocate(4 * CHARACTERS).flip();
  private boolean ended;

  TranscodedStream(InputStream encoded, Charset encoding) {
    text = new InputStreamReader(encoded, encoding);
    encoder.onMalformedInput(CodingErrorAction.REPLACE).replaceWith(new byte[] {'?'});
  }

  @Override
  public int read() throws IOException {
    return fill() ? bytes.get() & 0xFF : -1;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (!fill()) {
      return -1;
    }
    int count = Math.min(length, bytes.remaining());
    bytes.get(target, offset, count);
    return count;
  }

  @Override
  public int available() {
    return bytes.remaining();
  }

  @Override
  public void close() throws IOException {
    text.close();
  }

  /** Has at least one byte ready, unless the text is at its end. */
  private boolean fill() throws IOException {
    while (!bytes.hasRemaining()) {
      if (ended) {
        return false;
      }
      // Half of a surrogate pair may be left of the characters before.
      characters.compact();
      ended = text.read(characters) < 0;
      characters.flip();
      bytes.clear();
      encoder.encode(characters, bytes, ended);
      bytes.flip();
    }
    return true;
  }
}
