package crema.family.fusion;

import crema.base.Fingerprint;
import crema.base.WholeBuffer;
import crema.data.DataException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the parts say of rows, in a file that is mapped into memory: there may be more than the heap holds. All numbers are
 * little-endian:
 *
 * <pre>
 *   0  8 bytes  magic "CremaSay"
 *   8  32 bytes what decides on the file
 *  40  int      features of the vector of a text
 *  44  int      features of the vector of a picture
 *  48  int      labels
 *  52  12 bytes nothing
 *  64  rows     each: int, 1 if there is a text, plus 2 if there is a picture; floats, the vector of the text, its
 *               logits, the vector of the picture, its logits; zeros of what is not there
 * </pre>
 *
 * <p>It is written under another name first, some rows at a time, and a run that was killed meanwhile goes on behind the
 * last of them.
 */
final class SaidFile implements AutoCloseable {
  /** Rows that are asked about and written together: what is said of a row is the same bits however a run was cut. */
  static final int BATCH = 256;

  private static final byte[] MAGIC = {'C', 'r', 'e', 'm', 'a', 'S', 'a', 'y'};
  private static final int HEADER_BYTES = 64;
  private static final int TEXT = 1;
  private static final int PICTURE = 2;
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /**
   * How many numbers there are.
   *
   * @param text features of the vector of a text
   * @param picture features of the vector of a picture
   * @param labels logits of each
   */
  record Widths(int text, int picture, int labels) {
    private long rowBytes() {
      return Integer.BYTES + (long) Float.BYTES * (text + picture + 2L * labels);
    }
  }

  private final Widths widths;
  private final Arena arena;
  private final MemorySegment rows;
  private final int size;

  private SaidFile(Widths widths, Arena arena, MemorySegment file) {
    this.widths = widths;
    this.arena = arena;
    rows = file.asSlice(HEADER_BYTES);
    size = Math.toIntExact(rows.byteSize() / widths.rowBytes());
  }

  /** Asks about rows. */
  @FunctionalInterface
  interface Content {
    /** Adds all rows but so many at the beginning, {@link #BATCH} at a time but for the last. */
    void write(long written, Writer writer) throws IOException;
  }

  /** Takes what is said. */
  static final class Writer implements AutoCloseable {
    private final FileChannel file;
    private final Widths widths;

    private Writer(FileChannel file, Widths widths) {
      this.file = file;
      this.widths = widths;
    }

    /** Adds the next rows. */
    void add(List<FusionParts.SaidOfItem> said) throws IOException {
      ByteBuffer buffer = ByteBuffer.allocate(Math.toIntExact(said.size() * widths.rowBytes()))
          .order(ByteOrder.LITTLE_ENDIAN);
      for (FusionParts.SaidOfItem each : said) {
        buffer.putInt((each.text() == null ? 0 : TEXT) + (each.picture() == null ? 0 : PICTURE));
        put(buffer, each.text(), widths.text);
        put(buffer, each.picture(), widths.picture);
      }
      WholeBuffer.write(file, buffer.flip());
    }

    private void put(ByteBuffer buffer, FusionParts.@Nullable Said said, int features) {
      put(buffer, said == null ? new float[features] : said.vector(), features);
      put(buffer, said == null ? new float[widths.labels] : said.logits(), widths.labels);
    }

    private static void put(ByteBuffer buffer, float[] values, int count) {
      if (values.length != count) {
        throw new IllegalArgumentException("a part says " + values.length + " numbers in place of " + count);
      }
      for (float value : values) {
        buffer.putFloat(value);
      }
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }

  /**
   * Opens a file, after writing it, or the rest of it, if there is none that was made of the same.
   *
   * @param identity tells the rows and the parts from others
   */
  static SaidFile open(Path path, String identity, Widths widths, Content content) {
    byte[] header = header(identity, widths);
    try {
      if (!isOf(path, header)) {
        write(path, header, widths, content);
      }
      Arena arena = Arena.ofShared();
      try (var channel = FileChannel.open(path, StandardOpenOption.READ)) {
        return new SaidFile(widths, arena, channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena));
      } catch (IOException | RuntimeException e) {
        arena.close();
        throw e;
      }
    } catch (IOException e) {
      throw new DataException(path + " cannot be written or read: " + e.getMessage(), e);
    }
  }

  private static byte[] header(String identity, Widths widths) {
    ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    return header.put(MAGIC).put(new Fingerprint("said").add(identity).bytes()).putInt(widths.text)
        .putInt(widths.picture).putInt(widths.labels).array();
  }

  private static boolean isOf(Path path, byte[] header) throws IOException {
    if (!Files.exists(path)) {
      return false;
    }
    try (var in = Files.newInputStream(path)) {
      return Arrays.equals(in.readNBytes(HEADER_BYTES), header);
    }
  }

  private static void write(Path path, byte[] header, Widths widths, Content content) throws IOException {
    Path part = path.resolveSibling(path.getFileName() + ".part");
    boolean goesOn = isOf(part, header);
    if (!goesOn) {
      Files.deleteIfExists(part);
    }
    try (var writer = new Writer(
        FileChannel.open(part, StandardOpenOption.WRITE, StandardOpenOption.CREATE), widths)) {
      long written = 0;
      if (goesOn) {
        written = (writer.file.size() - HEADER_BYTES) / widths.rowBytes() / BATCH * BATCH;
        writer.file.truncate(HEADER_BYTES + written * widths.rowBytes());
        writer.file.position(writer.file.size());
      } else {
        WholeBuffer.write(writer.file, ByteBuffer.wrap(header));
      }
      content.write(written, writer);
      writer.file.force(true);
    }
    Files.move(part, path, StandardCopyOption.ATOMIC_MOVE);
  }

  /** The number of rows. */
  int size() {
    return size;
  }

  /** Whether there is a text. */
  boolean hasText(int row) {
    return (flags(row) & TEXT) != 0;
  }

  /** Whether there is a picture. */
  boolean hasPicture(int row) {
    return (flags(row) & PICTURE) != 0;
  }

  private int flags(int row) {
    return rows.get(INT, row * widths.rowBytes());
  }

  /** What is said of a row. */
  FusionParts.SaidOfItem said(int row) {
    long at = row * widths.rowBytes() + Integer.BYTES;
    long picture = at + (long) Float.BYTES * (widths.text + widths.labels);
    return new FusionParts.SaidOfItem(hasText(row) ? said(at, widths.text) : null,
        hasPicture(row) ? said(picture, widths.picture) : null);
  }

  private FusionParts.Said said(long at, int features) {
    return new FusionParts.Said(floats(at, features), floats(at + (long) Float.BYTES * features, widths.labels));
  }

  private float[] floats(long at, int count) {
    var values = new float[count];
    MemorySegment.copy(rows, FLOAT, at, values, 0, count);
    return values;
  }

  @Override
  public void close() {
    arena.close();
  }
}
