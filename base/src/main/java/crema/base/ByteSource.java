package crema.base;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;

/** A named sequence of bytes of known length that can be read more than once: a file, or a part of a larger one. */
public interface ByteSource {
  /** The name, for messages. */
  String name();

  /** How many bytes there are. */
  long size() throws IOException;

  /** Reads the bytes from the first one on; the caller closes the stream. */
  InputStream open() throws IOException;

  /**
   * The bytes in memory, read as they are touched where that is possible.
   *
   * @param arena how long they are needed
   */
  MemorySegment map(Arena arena) throws IOException;

  /** The bytes of a file. It may come into being later: nothing is read before one of the methods is called. */
  static ByteSource of(Path file) {
    return new ByteSource() {
      @Override
      public String name() {
        return file.toString();
      }

      @Override
      public long size() throws IOException {
        return Files.size(file);
      }

      @Override
      public InputStream open() throws IOException {
        if (Files.isDirectory(file)) {
          throw new NoSuchFileException(file.toString(), null, "is a directory, not a file");
        }
        return Files.newInputStream(file);
      }

      @Override
      public MemorySegment map(Arena arena) throws IOException {
        try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
          return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
        }
      }

      @Override
      public String toString() {
        return name();
      }
    };
  }

  /**
   * Bytes that are in memory already.
   *
   * @param bytes must stay valid for as long as they are read
   */
  static ByteSource of(String name, MemorySegment bytes) {
    return new ByteSource() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public long size() {
        return bytes.byteSize();
      }

      @Override
      public InputStream open() {
        return new SegmentStream(bytes);
      }

      @Override
      public MemorySegment map(Arena arena) {
        return bytes;
      }

      @Override
      public String toString() {
        return name();
      }
    };
  }

  /** Reads a segment. */
  final class SegmentStream extends InputStream {
    private final MemorySegment bytes;
    private long position;

    private SegmentStream(MemorySegment bytes) {
      this.bytes = bytes;
    }

    @Override
    public int read() {
      return position == bytes.byteSize() ? -1 : bytes.get(ValueLayout.JAVA_BYTE, position++) & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
      Objects.checkFromIndexSize(offset, length, target.length);
      if (length == 0) {
        return 0;
      }
      int count = (int) Math.min(length, bytes.byteSize() - position);
      if (count == 0) {
        return -1;
      }
      MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, position, target, offset, count);
      position += count;
      return count;
    }

    @Override
    public long skip(long count) {
      long skipped = Math.clamp(count, 0, bytes.byteSize() - position);
      position += skipped;
      return skipped;
    }

    @Override
    public int available() {
      return (int) Math.min(Integer.MAX_VALUE, bytes.byteSize() - position);
    }
  }
}
