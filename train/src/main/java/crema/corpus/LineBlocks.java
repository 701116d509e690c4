package crema.corpus;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** Cuts a stream into blocks of whole lines: always the same blocks of the same stream. */
final class LineBlocks implements Closeable {
  /** The longest line that is held in memory. */
  static final int MAX_LINE = 1 << 24;

  /** How many bytes a block has at least, unless it is the last one. */
  private static final int BLOCK = 1 << 20;

  private final InputStream in;
  private byte[] rest = new byte[0];
  private boolean ended;
  /** Whether the line that is read is too long, and its beginning was thrown away. */
  private boolean tooLong;

  /** Some lines; the last one of the stream may lack its line feed. Reused for blocks that come later. */
  static final class Block {
    private byte[] bytes = new byte[BLOCK + (BLOCK >> 2)];
    private int length;
    private int longLines;

    byte[] bytes() {
      return bytes;
    }

    int length() {
      return length;
    }

    /** How many lines that are too long were thrown away. */
    int longLines() {
      return longLines;
    }
  }

  LineBlocks(InputStream in) {
    this.in = in;
  }

  /**
   * Fills a block.
   *
   * @return false if there are no more lines
   */
  boolean next(Block block) throws IOException {
    block.longLines = 0;
    block.length = rest.length;
    if (block.bytes.length < rest.length) {
      block.bytes = new byte[rest.length * 2];
    }
    System.arraycopy(rest, 0, block.bytes, 0, rest.length);
    rest = new byte[0];
    int complete = 0;
    while (!ended && complete == 0) {
      int searched = block.length;
      fill(block);
      complete = afterLastLine(block.bytes, searched, block.length);
      if (complete == 0 && block.length > MAX_LINE) {
        tooLong = true;
        block.length = 0;
      }
    }
    if (ended) {
      complete = block.length;
    }
    if (tooLong && (complete > 0 || ended)) {
      dropFirst(block);
      complete = ended ? block.length : afterLastLine(block.bytes, 0, block.length);
    }
    rest = Arrays.copyOfRange(block.bytes, complete, block.length);
    block.length = complete;
    return complete > 0 || block.longLines > 0;
  }

  /** Drops the end of a line that is too long. */
  private void dropFirst(Block block) {
    tooLong = false;
    block.longLines++;
    int end = Math.min(ByteWords.lineFeed(block.bytes, 0, block.length) + 1, block.length);
    System.arraycopy(block.bytes, end, block.bytes, 0, block.length - end);
    block.length -= end;
  }

  /** Reads until there is a block's worth, and on where that has no end of a line. */
  private void fill(Block block) throws IOException {
    int wanted = Math.max(BLOCK, block.length + (BLOCK >> 2));
    if (block.bytes.length < wanted) {
      block.bytes = Arrays.copyOf(block.bytes, Math.max(wanted, Math.min(2 * block.bytes.length, MAX_LINE + BLOCK)));
    }
    while (block.length < wanted) {
      int count = in.read(block.bytes, block.length, wanted - block.length);
      if (count < 0) {
        ended = true;
        return;
      }
      block.length += count;
    }
  }

  private static int afterLastLine(byte[] bytes, int from, int to) {
    for (int i = to - 1; i >= from; i--) {
      if (bytes[i] == '\n') {
        return i + 1;
      }
    }
    return 0;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
