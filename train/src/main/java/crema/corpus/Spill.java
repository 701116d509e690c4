package crema.corpus;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import crema.base.WholeBuffer;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.function.IntConsumer;

/**
 * Rows in a file, by parts of the hashes of their texts, so that each part can be read alone. Frames of Zstandard of one
 * part each follow one another; where they are is kept in memory, 8 bytes for about 32 kB. After a kill the file is cut to
 * where it was whole, and its frames are found again.
 *
 * <p>A frame has its part, its length, the length of what is in it, and that. A row in it has the length of its line, its
 * hash, the place of its cluster and the line. Beside them stand frames of places alone, one for each row, from which
 * rows of clusters are counted again without reading lines. Numbers are big-endian. For one thread at a time.
 */
final class Spill implements Closeable {
  private static final int FRAME_HEAD = 3 * Integer.BYTES;
  private static final int ROW_HEAD = 2 * Integer.BYTES + 2 * Long.BYTES;
  private static final int BUFFER = 1 << 15;
  private static final int WRITE = 1 << 20;
  /** Text is to be read once and soon. */
  private static final int LEVEL = 1;

  private final FileChannel channel;
  private final int bits;
  private final ByteBuffer[] buffers;
  private final long[][] frames;
  private final int[] counts;
  private final ByteBuffer out = ByteBuffer.allocate(WRITE);
  private final ZstdCompressCtx compressor = new ZstdCompressCtx().setLevel(LEVEL).setChecksum(true);
  private final ZstdDecompressCtx decompressor = new ZstdDecompressCtx();
  private byte[] packed = new byte[2 * BUFFER];
  /** The length of the file and of what is to be written to it. */
  private long end;

  /** Takes rows. */
  interface Visitor {
    /** A row, whose line is in some bytes that are valid for the time of the call. */
    void row(long high, long low, int place, byte[] bytes, int from, int to);
  }

  private Spill(FileChannel channel, int bits) {
    this.channel = channel;
    this.bits = bits;
    // The last one is of places.
    buffers = new ByteBuffer[(1 << bits) + 1];
    frames = new long[buffers.length][];
    Arrays.fill(frames, new long[0]);
    counts = new int[buffers.length];
  }

  /**
   * Opens a file.
   *
   * @param bits there are 2 to the power of this many parts
   * @param length how many of its bytes count
   * @param places receives the place of each row that is there
   */
  static Spill open(Path file, int bits, long length, IntConsumer places) throws IOException {
    var spill = new Spill(FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ,
        StandardOpenOption.WRITE), bits);
    try {
      spill.restore(length, places);
      return spill;
    } catch (IOException | RuntimeException e) {
      spill.close();
      throw e;
    }
  }

  private void restore(long length, IntConsumer places) throws IOException {
    if (channel.size() < length) {
      throw new EOFException("it is shorter than when it was written");
    }
    channel.truncate(length);
    var head = ByteBuffer.allocate(FRAME_HEAD);
    while (end < length) {
      readFully(head.clear(), end);
      int part = head.flip().getInt();
      int stored = head.getInt();
      if (part < 0 || part >= buffers.length || stored <= 0 || stored > length - end - FRAME_HEAD) {
        throw new IOException("it is damaged at byte " + end);
      }
      note(part, end);
      if (part == buffers.length - 1) {
        for (ByteBuffer frame = frame(end); frame.hasRemaining();) {
          places.accept(frame.getInt());
        }
      }
      end += FRAME_HEAD + stored;
    }
    channel.position(end);
  }

  /** How many parts there are. */
  int parts() {
    return 1 << bits;
  }

  /** Adds a row to the part of its hash. */
  void add(long high, long low, int place, byte[] line, int length) throws IOException {
    int part = bits == 0 ? 0 : (int) (high >>> Long.SIZE - bits);
    int size = ROW_HEAD + length;
    ByteBuffer buffer = room(part, size);
    boolean isLarge = size > BUFFER;
    ByteBuffer row = isLarge ? ByteBuffer.allocate(size) : buffer;
    row.putInt(length).putLong(high).putLong(low).putInt(place).put(line, 0, length);
    if (isLarge) {
      writeFrame(part, row);
    }
    room(buffers.length - 1, Integer.BYTES).putInt(place);
  }

  /** The buffer of a part, emptied first if it lacks room. */
  private ByteBuffer room(int part, int size) throws IOException {
    ByteBuffer buffer = buffers[part];
    if (buffer == null) {
      buffer = ByteBuffer.allocate(BUFFER);
      buffers[part] = buffer;
    }
    if (buffer.remaining() < size) {
      writeFrame(part, buffer);
    }
    return buffer;
  }

  private void writeFrame(int part, ByteBuffer plain) throws IOException {
    int length = plain.position();
    if (length == 0) {
      return;
    }
    long bound = Zstd.compressBound(length);
    if (packed.length < bound) {
      packed = new byte[Math.toIntExact(bound)];
    }
    int stored = compressor.compressByteArray(packed, 0, packed.length, plain.array(), 0, length);
    note(part, end);
    put(ByteBuffer.allocate(FRAME_HEAD).putInt(part).putInt(stored).putInt(length).flip());
    put(ByteBuffer.wrap(packed, 0, stored));
    plain.clear();
  }

  private void note(int part, long place) {
    if (counts[part] == frames[part].length) {
      frames[part] = Arrays.copyOf(frames[part], Math.max(4, counts[part] * 2));
    }
    frames[part][counts[part]++] = place;
  }

  private void put(ByteBuffer bytes) throws IOException {
    end += bytes.remaining();
    while (bytes.hasRemaining()) {
      if (!out.hasRemaining()) {
        writeOut();
      }
      int count = Math.min(out.remaining(), bytes.remaining());
      out.put(bytes.slice(bytes.position(), count));
      bytes.position(bytes.position() + count);
    }
  }

  private void writeOut() throws IOException {
    out.flip();
    WholeBuffer.write(channel, out);
    out.clear();
  }

  /** Writes all that was added to the disk; returns the length of the file. */
  long force() throws IOException {
    for (int part = 0; part < buffers.length; part++) {
      ByteBuffer buffer = buffers[part];
      if (buffer != null) {
        writeFrame(part, buffer);
      }
    }
    writeOut();
    channel.force(false);
    return end;
  }

  /** Reads the rows of a part, in the order in which they were added. Only after {@link #force()}. */
  void read(int part, Visitor visitor) throws IOException {
    for (int i = 0; i < counts[part]; i++) {
      ByteBuffer frame = frame(frames[part][i]);
      while (frame.hasRemaining()) {
        int length = frame.getInt();
        long high = frame.getLong();
        long low = frame.getLong();
        int place = frame.getInt();
        visitor.row(high, low, place, frame.array(), frame.position(), frame.position() + length);
        frame.position(frame.position() + length);
      }
    }
  }

  private ByteBuffer frame(long place) throws IOException {
    var head = ByteBuffer.allocate(FRAME_HEAD);
    readFully(head, place);
    int stored = head.flip().position(Integer.BYTES).getInt();
    int length = head.getInt();
    var bytes = new byte[stored];
    readFully(ByteBuffer.wrap(bytes), place + FRAME_HEAD);
    return ByteBuffer.wrap(decompressor.decompress(bytes, length));
  }

  private void readFully(ByteBuffer target, long place) throws IOException {
    long at = place;
    while (target.hasRemaining()) {
      int count = channel.read(target, at);
      if (count < 0) {
        throw new EOFException("it ends too early");
      }
      at += count;
    }
  }

  @Override
  public void close() throws IOException {
    compressor.close();
    decompressor.close();
    channel.close();
  }
}
