package crema.data.image;

import crema.base.UserError;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/** The file with prepared pictures, one after the other, all of the same length. Safe to use from several threads. */
final class PicturePlaces implements Closeable {
  private final Path file;
  private final FileChannel channel;
  private final int length;

  private PicturePlaces(Path file, FileChannel channel, int length) {
    this.file = file;
    this.channel = channel;
    this.length = length;
  }

  /**
   * Opens the file, and makes it if need be.
   *
   * @param length of a picture, in bytes
   */
  static PicturePlaces open(Path file, int length) throws IOException {
    return new PicturePlaces(file,
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE), length);
  }

  /** Whether a place holds bytes of a checksum. */
  boolean holds(int place, int checksum) throws IOException {
    var bytes = new byte[length];
    return read(place, bytes) && checksum(bytes) == checksum;
  }

  /** Whether the file reaches to the end of a place. */
  boolean reaches(int place) throws IOException {
    return channel.size() >= (place + 1L) * length;
  }

  /** Reads a place; false if the file ends before. */
  private boolean read(int place, byte[] target) throws IOException {
    var bytes = ByteBuffer.wrap(target);
    for (long at = (long) place * length; bytes.hasRemaining();) {
      int n = channel.read(bytes, at);
      if (n < 0) {
        return false;
      }
      at += n;
    }
    return true;
  }

  /** Reads a picture that must be there. */
  void require(int place, int checksum, byte[] target) {
    try {
      if (!read(place, target) || checksum(target) != checksum) {
        throw new UserError(file + " is damaged: delete its folder, and pictures are prepared again");
      }
    } catch (IOException e) {
      throw new UserError(file + " cannot be read: " + e.getMessage(), e);
    }
  }

  /** Fills a place. */
  void write(int place, byte[] picture) {
    try {
      var bytes = ByteBuffer.wrap(picture);
      for (long at = (long) place * length; bytes.hasRemaining();) {
        at += channel.write(bytes, at);
      }
    } catch (IOException e) {
      throw new UserError(file + " cannot be written: " + e.getMessage()
          + "; what is prepared is kept, and the next run goes on from there", e);
    }
  }

  /** Waits until all is on the disk. */
  void force() throws IOException {
    channel.force(false);
  }

  static int checksum(byte[] bytes) {
    var checksum = new CRC32C();
    checksum.update(bytes);
    return (int) checksum.getValue();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
