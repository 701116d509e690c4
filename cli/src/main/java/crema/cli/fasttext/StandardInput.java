package crema.cli.fasttext;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Text to answer. Before it waits for more it shows all answers so far, so that a program can ask line by line; and
 * once nobody reads the answers any more, it ends.
 */
final class StandardInput extends InputStream {
  private static final int END = -1;

  private final InputStream source;
  private final PrintStream answers;
  private final byte[] buffer = new byte[1 << 16];
  private int position;
  private int limit;

  StandardInput(InputStream source, PrintStream answers) {
    this.source = source;
    this.answers = answers;
  }

  /** The next word, between white space as C has it; null at the end. */
  @Nullable
  String nextWord() throws IOException {
    int b = read();
    while (isSpace(b)) {
      b = read();
    }
    if (b == END) {
      return null;
    }
    var word = new ByteArrayOutputStream();
    while (b != END && !isSpace(b)) {
      word.write(b);
      b = read();
    }
    return word.toString(StandardCharsets.UTF_8);
  }

  /** The next line, without its line feed; null at the end. */
  @Nullable
  String nextLine() throws IOException {
    int b = read();
    if (b == END) {
      return null;
    }
    var line = new ByteArrayOutputStream();
    while (b != END && b != '\n') {
      line.write(b);
      b = read();
    }
    return line.toString(StandardCharsets.UTF_8);
  }

  private static boolean isSpace(int b) {
    return b == ' ' || b >= '\t' && b <= '\r';
  }

  @Override
  public int read() throws IOException {
    return position < limit || fill() ? buffer[position++] & 0xFF : END;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (position == limit && !fill()) {
      return END;
    }
    int count = Math.min(length, limit - position);
    System.arraycopy(buffer, position, target, offset, count);
    position += count;
    return count;
  }

  private boolean fill() throws IOException {
    if (answers.checkError()) {
      return false;
    }
    position = 0;
    limit = Math.max(0, source.read(buffer));
    return limit > 0;
  }

  @Override
  public void close() throws IOException {
    source.close();
  }
}
