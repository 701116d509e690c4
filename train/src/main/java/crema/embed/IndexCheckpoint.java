package crema.embed;

import crema.base.AtomicFile;
import crema.base.WholeBuffer;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * What there is of an index that is being built, in a file that is replaced every few seconds. The file: the identity of
 * the index; how many nodes are in it, and the entry; the links of the lowest layer and of the others. Numbers are
 * big-endian.
 */
class IndexCheckpoint {
  private static final double SECONDS = 2;
  /** A checkpoint is written at most a small part of the time. */
  private static final int TIMES_WRITING = 20;
  private static final int CHUNK = 1 << 14;

  private final Path file;
  private final String identity;
  private final Consumer<String> warnings;
  private final double seconds;
  private double pause;
  private long written = System.nanoTime();
  private boolean isGivenUp;

  /**
   * A file, which need not be there.
   *
   * @param identity a digest of all that the index depends on
   * @param warnings told in one line that the file cannot be written: the index is built without
   */
  IndexCheckpoint(Path file, String identity, Consumer<String> warnings) {
    this(file, identity, SECONDS, warnings);
  }

  /** A file that is replaced after so many seconds at least. */
  IndexCheckpoint(Path file, String identity, double seconds, Consumer<String> warnings) {
    this.file = file;
    this.identity = identity;
    this.seconds = seconds;
    this.warnings = warnings;
    pause = seconds;
  }

  /**
   * How far an index is.
   *
   * @param nodes that are in it
   * @param entry where searches begin
   */
  record Progress(int nodes, int entry) {
    static final Progress NONE = new Progress(1, 0);
  }

  /** Reads the links into the arrays if the file is of this index. */
  Progress read(int[] links, int[] upperLinks) {
    long bytes = (long) (links.length + upperLinks.length + 2) * Integer.BYTES;
    try {
      if (!Files.exists(file)) {
        return Progress.NONE;
      }
      try (var in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file), CHUNK))) {
        if (!in.readUTF().equals(identity) || Files.size(file) != bytes + Short.BYTES + identity.length()) {
          return Progress.NONE;
        }
        var progress = new Progress(in.readInt(), in.readInt());
        for (int[] array : new int[][] {links, upperLinks}) {
          for (int i = 0; i < array.length; i++) {
            array[i] = in.readInt();
          }
        }
        return progress;
      }
    } catch (IOException e) {
      giveUp(e);
      return Progress.NONE;
    }
  }

  /** Writes the links if it is time to. */
  void writeIfDue(Progress progress, int[] links, int[] upperLinks) {
    long now = System.nanoTime();
    if (isGivenUp || now - written < pause * 1e9) {
      return;
    }
    try {
      AtomicFile.write(file, channel -> {
        byte[] name = identity.getBytes(StandardCharsets.UTF_8);
        ByteBuffer buffer = ByteBuffer.allocate(CHUNK * Integer.BYTES).putShort((short) name.length).put(name)
            .putInt(progress.nodes).putInt(progress.entry);
        for (int[] array : new int[][] {links, upperLinks}) {
          for (int number : array) {
            if (buffer.remaining() < Integer.BYTES) {
              flush(buffer, channel);
            }
            buffer.putInt(number);
          }
        }
        flush(buffer, channel);
      });
    } catch (IOException e) {
      giveUp(e);
    }
    written = System.nanoTime();
    pause = seconds == 0 ? 0 : Math.max(seconds, TIMES_WRITING * (written - now) * 1e-9);
  }

  private static void flush(ByteBuffer buffer, FileChannel channel) throws IOException {
    buffer.flip();
    WholeBuffer.write(channel, buffer);
    buffer.clear();
  }

  private void giveUp(IOException e) {
    isGivenUp = true;
    warnings.accept("no checkpoint of the index: " + e.getMessage() + "; it is built again if the run is killed");
  }
}
