package crema.metrics;

import crema.base.UserError;
import crema.base.WholeBuffer;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Scores that are added one row after the other: in memory while they are few, in a temporary file from then on. */
final class ScoreSpool {
  /** A sixteenth of the heap, but at most 256 MiB: there are several matrices of a test at a time. */
  static final long HELD = Math.min(1 << 26, Runtime.getRuntime().maxMemory() / 16 / Float.BYTES);

  private static final int FIRST = 1 << 10;
  private static final int BUFFER_BYTES = 1 << 20;

  private final long held;
  private float[] array = new float[0];
  private int size;
  private @Nullable Spilled spilled;

  /**
   * Nothing yet.
   *
   * @param held the most scores that are held in memory
   */
  ScoreSpool(long held) {
    this.held = held;
  }

  /** An open file that has no name any more, and what is to be written to it. */
  private record Spilled(Path path, FileChannel file, ByteBuffer buffer) {
    static Spilled create() {
      try {
        Path path = Files.createTempFile("crema-scores", ".tmp");
        var file = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
          // The file lives until nobody reads it any more, however the process ends.
          Files.delete(path);
        } catch (IOException e) {
          // Not every system lets go of the name of an open file.
          path.toFile().deleteOnExit();
        }
        return new Spilled(path, file,
            ByteBuffer.allocateDirect(BUFFER_BYTES).order(ByteOrder.nativeOrder()));
      } catch (IOException e) {
        throw new UserError("cannot make a temporary file for the scores of the test rows: " + e.getMessage()
            + "; name another folder with CREMA_JAVA_FLAGS=-Djava.io.tmpdir=FOLDER", e);
      }
    }

    void write(float[] values, int count) {
      try {
        for (int i = 0; i < count; i++) {
          if (buffer.remaining() < Float.BYTES) {
            flush();
          }
          buffer.putFloat(values[i]);
        }
      } catch (IOException e) {
        throw noRoom(e);
      }
    }

    private void flush() throws IOException {
      buffer.flip();
      WholeBuffer.write(file, buffer);
      buffer.clear();
    }

    MemorySegment map() {
      try (file) {
        flush();
        return file.map(MapMode.READ_ONLY, 0, file.size(), Arena.ofAuto());
      } catch (IOException e) {
        throw noRoom(e);
      }
    }

    private UserError noRoom(IOException e) {
      return new UserError("cannot keep the scores of the test rows in " + path + ": " + e.getMessage()
          + "; name a folder with more room with CREMA_JAVA_FLAGS=-Djava.io.tmpdir=FOLDER", e);
    }
  }

  void add(float[] row) {
    if (spilled == null && size + (long) row.length > held) {
      spilled = Spilled.create();
      spilled.write(array, size);
      array = new float[0];
    }
    if (spilled != null) {
      spilled.write(row, row.length);
      return;
    }
    if (size + row.length > array.length) {
      long wanted = Math.max(FIRST, Math.max(2L * array.length, size + (long) row.length));
      array = Arrays.copyOf(array, (int) Math.min(Math.min(wanted, Math.max(held, FIRST)), Integer.MAX_VALUE - 8));
    }
    System.arraycopy(row, 0, array, size, row.length);
    size += row.length;
  }

  /** The scores, if they are in a file. */
  Optional<MemorySegment> file() {
    return Optional.ofNullable(spilled).map(Spilled::map);
  }

  /** The scores, if they are in memory. */
  float[] array() {
    return size == array.length ? array : Arrays.copyOf(array, size);
  }
}
