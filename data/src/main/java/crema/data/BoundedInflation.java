package crema.data;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;

/**
 * What is unpacked of something small, up to where it is far more than data of its size can be: then it is a bomb, and reading
 * fails.
 */
public class BoundedInflation extends FilterInputStream {
  /** The bytes that anything may have, however small it is. */
  private static final long FREE_BYTES = 64L << 20;
  /** As many bytes it may have beyond that for each that is stored: Deflate reaches 1032, and tables seldom 50. */
  private static final long MOST_EXPANSION = 300;
  private static final int SKIPPED = 1 << 13;

  private final long stored;
  private final String name;
  private long count;

  /**
   * Bounds a stream.
   *
   * @param in what is unpacked
   * @param stored of how many bytes
   * @param name for messages
   */
  public BoundedInflation(InputStream in, long stored, String name) {
    super(in);
    this.stored = stored;
    this.name = name;
  }

  /** How many bytes were read. */
  protected final long count() {
    return count;
  }

  /**
   * Reads on.
   *
   * @throws DataException if this is more than there can be
   */
  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    int read = in.read(target, offset, length);
    count += Math.max(0, read);
    if ((count - FREE_BYTES) / MOST_EXPANSION > stored) {
      throw new DataException(String.format(Locale.ROOT,
          "%s expands from %,d bytes to more than %,d: it is a bomb, not data, and is not read; if it is sound, "
              + "unpack it",
          name, stored, count));
    }
    return read;
  }

  @Override
  public final int read() throws IOException {
    var one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public final long skip(long wanted) throws IOException {
    // What is skipped counts too.
    return Math.max(0, read(new byte[(int) Math.clamp(wanted, 0, SKIPPED)]));
  }

  @Override
  public final boolean markSupported() {
    return false;
  }
}
