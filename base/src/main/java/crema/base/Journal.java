package crema.base;

import java.io.Closeable;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A file to which finished pieces of a long computation are appended, so that a process that was killed goes on from
 * them. Each record is handed to the operating system whole and at once; one that a kill has cut off, or that a power cut
 * has damaged, is dropped with all after it when the journal is opened again.
 *
 * <p>The file: a line with the version and the identity of the computation; for each record its length, its CRC-32C and
 * its bytes. Numbers are big-endian. A journal of another computation is replaced.
 *
 * <p>Nothing depends on a journal: one that cannot be written is given up with a warning, and the computation goes on.
 * Safe to use from several threads.
 */
public final class Journal implements Closeable {
  private static final String VERSION = "crema journal 1 ";
  private static final int RECORD_HEAD = 2 * Integer.BYTES;

  private final Path file;
  private final Consumer<String> warnings;
  private @Nullable FileChannel channel;

  private Journal(Path file, Consumer<String> warnings) {
    this.file = file;
    this.warnings = warnings;
  }

  /**
   * Opens a journal, and starts it if there is none of this computation. Its folder is made if need be.
   *
   * @param identity of the computation, in one line: a digest of all that its results depend on
   * @param found receives the records that are there, in their order; may throw {@link IllegalArgumentException} at one
   *     that it cannot use, which is then dropped with all after it
   * @param warnings told in one line that the journal cannot be kept
   */
  public static Journal open(Path file, String identity, Consumer<byte[]> found, Consumer<String> warnings) {
    var journal = new Journal(file, warnings);
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      journal.channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ,
          StandardOpenOption.WRITE);
      journal.begin(journal.channel, identity, found);
    } catch (IOException e) {
      journal.giveUp(e);
    }
    return journal;
  }

  private void begin(FileChannel opened, String identity, Consumer<byte[]> found) throws IOException {
    byte[] head = (VERSION + identity + "\n").getBytes(StandardCharsets.UTF_8);
    // Not closed: that would close the channel.
    var in = new DataInputStream(Channels.newInputStream(opened));
    long whole = 0;
    if (Arrays.equals(in.readNBytes(head.length), head)) {
      whole = head.length;
      for (byte[] record = read(in, opened.size() - whole); record != null; record = read(in, opened.size() - whole)) {
        try {
          found.accept(record);
        } catch (IllegalArgumentException e) {
          break;
        }
        whole += RECORD_HEAD + record.length;
      }
    }
    opened.truncate(whole);
    opened.position(whole);
    if (whole == 0) {
      WholeBuffer.write(opened, ByteBuffer.wrap(head));
    }
  }

  /** The next record; null if there is none that is whole. */
  private static byte @Nullable [] read(DataInputStream in, long left) throws IOException {
    try {
      if (left < RECORD_HEAD) {
        return null;
      }
      int length = in.readInt();
      int checksum = in.readInt();
      if (length < 0 || length > left - RECORD_HEAD) {
        return null;
      }
      var bytes = new byte[length];
      in.readFully(bytes);
      return checksum(bytes) == checksum ? bytes : null;
    } catch (EOFException e) {
      return null;
    }
  }

  private static int checksum(byte[] bytes) {
    var checksum = new CRC32C();
    checksum.update(bytes);
    return (int) checksum.getValue();
  }

  /** Adds a record. */
  public synchronized void append(byte[] bytes) {
    if (channel == null) {
      return;
    }
    try {
      ByteBuffer record = ByteBuffer.allocate(Math.addExact(RECORD_HEAD, bytes.length)).putInt(bytes.length)
          .putInt(checksum(bytes)).put(bytes).flip();
      WholeBuffer.write(channel, record);
    } catch (IOException e) {
      giveUp(e);
    }
  }

  /** A record that was written in part stays at the end of the file, where it is dropped. */
  private void giveUp(IOException e) {
    close();
    warnings.accept(file + " cannot be written: " + e.getMessage()
        + "; the run goes on, and does this part again if it is killed");
  }

  @Override
  public synchronized void close() {
    FileChannel open = channel;
    channel = null;
    if (open != null) {
      try {
        open.close();
      } catch (IOException e) {
        // What is missing of it is computed again.
        return;
      }
    }
  }
}
