package crema.embed;

import crema.base.AtomicFile;
import crema.base.UserError;
import crema.base.WholeBuffer;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Files of one NumPy array (format 1.0 to 3.0, numpy.lib.format): a magic number, a header that is a Python dictionary,
 * and the numbers. Written are arrays {@code [rows, size]} of F32; read are these and F16 and F64. Files are untrusted.
 */
public final class NpyFile {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final int MAX_HEADER = 1 << 16;
  private static final int ALIGNMENT = 64;

  /** Room for the largest shape, so that the header can be written again when the number of rows is known. */
  private static final int HEADER_BYTES = 2 * ALIGNMENT;

  private static final Pattern HEADER = Pattern.compile(
      "\\s*\\{\\s*'descr'\\s*:\\s*'(?<type>[<>|=]?[a-z][0-9]+)'\\s*,\\s*'fortran_order'\\s*:\\s*(?<order>True|False)\\s*,"
          + "\\s*'shape'\\s*:\\s*\\((?<shape>[0-9, ]*)\\)\\s*,?\\s*}\\s*");

  private NpyFile() {}

  /** A number type of a file. */
  private enum Type {
    F2(2), F4(4), F8(8);

    private final int bytes;

    Type(int bytes) {
      this.bytes = bytes;
    }
  }

  /** Takes vectors, one after the other. */
  @FunctionalInterface
  public interface Rows {
    /** Adds vectors: {@code [rows, size]}. */
    void write(float[] rows) throws IOException;
  }

  /** Gives all vectors of a file. */
  @FunctionalInterface
  public interface Content {
    /** Hands over vectors, as many at once as suits. */
    void writeTo(Rows rows) throws IOException;
  }

  /** Writes a file, atomically, of vectors that come one after the other. */
  public static void write(Path file, int size, Content content) throws IOException {
    AtomicFile.write(file, channel -> {
      WholeBuffer.write(channel, header(0, size));
      var written = new long[1];
      content.writeTo(rows -> {
        if (rows.length % size != 0) {
          throw new IllegalArgumentException(rows.length + " numbers are not vectors of " + size);
        }
        write(channel, rows);
        written[0] += rows.length / size;
      });
      channel.position(0);
      WholeBuffer.write(channel, header(written[0], size));
    });
  }

  /** Writes a file, atomically. */
  public static void write(Path file, Vectors vectors) throws IOException {
    write(file, vectors.size(), rows -> rows.write(vectors.values()));
  }

  private static ByteBuffer header(long rows, int size) {
    int lengthBytes = Short.BYTES;
    int textBytes = HEADER_BYTES - MAGIC.length - 2 - lengthBytes;
    var text = new StringBuilder(String.format(Locale.ROOT,
        "{'descr': '<f4', 'fortran_order': False, 'shape': (%d, %d), }", rows, size));
    text.repeat(' ', textBytes - 1 - text.length()).append('\n');
    return ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN).put(MAGIC).put((byte) 1).put((byte) 0)
        .putShort((short) textBytes).put(text.toString().getBytes(StandardCharsets.US_ASCII)).flip();
  }

  private static void write(FileChannel channel, float[] values) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(1 << 18).order(ByteOrder.LITTLE_ENDIAN);
    int perBuffer = buffer.capacity() / Float.BYTES;
    for (int at = 0; at < values.length; at += perBuffer) {
      int count = Math.min(perBuffer, values.length - at);
      buffer.clear();
      buffer.asFloatBuffer().put(values, at, count);
      buffer.limit(count * Float.BYTES);
      WholeBuffer.write(channel, buffer);
    }
  }

  /**
   * Reads a file of one vector or of several.
   *
   * @throws UserError when it is not such a file; the message names it and says what is wrong
   */
  public static Vectors read(Path file) throws IOException {
    try (var channel = FileChannel.open(file, StandardOpenOption.READ); var arena = Arena.ofConfined()) {
      return read(file, channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena));
    }
  }

  private static Vectors read(Path file, MemorySegment bytes) {
    byte[] start = bytes.asSlice(0, Math.min(bytes.byteSize(), 12)).toArray(ValueLayout.JAVA_BYTE);
    if (start.length < 10 || !Arrays.equals(start, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
      throw invalid(file, "it does not begin as such a file does");
    }
    int version = start[6];
    boolean isLong = version >= 2;
    if (version < 1 || version > 3 || isLong && start.length < 12) {
      throw invalid(file, "its version " + version + " is not known");
    }
    var buffer = ByteBuffer.wrap(start).order(ByteOrder.LITTLE_ENDIAN);
    long headerStart = isLong ? 12 : 10;
    long headerBytes = isLong ? Integer.toUnsignedLong(buffer.getInt(8)) : Short.toUnsignedInt(buffer.getShort(8));
    if (headerBytes > MAX_HEADER || headerStart + headerBytes > bytes.byteSize()) {
      throw invalid(file, "its header is cut off");
    }
    String text = new String(bytes.asSlice(headerStart, headerBytes).toArray(ValueLayout.JAVA_BYTE),
        StandardCharsets.UTF_8);
    Matcher header = HEADER.matcher(text);
    if (!header.matches()) {
      throw invalid(file, "its header is not that of a plain array");
    }
    Type type = switch (header.group("type")) {
      case "<f2", "=f2" -> Type.F2;
      case "<f4", "=f4" -> Type.F4;
      case "<f8", "=f8" -> Type.F8;
      default -> throw invalid(file, "it holds " + header.group("type") + ", where <f4, <f2 or <f8 should be");
    };
    long[] shape = shape(file, header.group("shape"));
    if (header.group("order").equals("True") && shape[0] > 1 && shape[1] > 1) {
      throw invalid(file, "it is in Fortran's order: save it with numpy.ascontiguousarray");
    }
    MemorySegment data = bytes.asSlice(headerStart + headerBytes);
    if (shape[1] < 1 || shape[0] > data.byteSize() / type.bytes / shape[1]
        || shape[0] * shape[1] * type.bytes != data.byteSize()) {
      throw invalid(file, "its shape (" + shape[0] + ", " + shape[1] + ") does not fit its " + data.byteSize()
          + " bytes of numbers");
    }
    float[] values = Vectors.newArray(shape[0], Math.toIntExact(shape[1]));
    copy(data, type, values);
    return new Vectors((int) shape[1], values);
  }

  private static long[] shape(Path file, String text) {
    long[] extents;
    try {
      extents = Arrays.stream(text.split(",")).map(String::strip).filter(part -> !part.isEmpty())
          .mapToLong(Long::parseLong).toArray();
    } catch (NumberFormatException e) {
      throw invalid(file, "its shape is (" + text + ")");
    }
    return switch (extents.length) {
      case 1 -> new long[] {1, extents[0]};
      case 2 -> extents;
      default -> throw invalid(file, "it has " + extents.length + " dimensions, where rows of vectors have two");
    };
  }

  private static void copy(MemorySegment data, Type type, float[] into) {
    switch (type) {
      case F4 -> MemorySegment.copy(data, ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), 0, into,
          0, into.length);
      case F2 -> {
        var layout = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < into.length; i++) {
          into[i] = Float.float16ToFloat(data.get(layout, (long) i * Short.BYTES));
        }
      }
      case F8 -> {
        var layout = ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < into.length; i++) {
          into[i] = (float) data.get(layout, (long) i * Double.BYTES);
        }
      }
    }
  }

  private static UserError invalid(Path file, String what) {
    return new UserError(file + " is not a .npy file of vectors: " + what);
  }
}
