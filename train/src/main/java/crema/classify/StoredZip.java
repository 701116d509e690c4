package crema.classify;

import crema.base.UserError;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writes a zip archive of files as they are. Their bytes begin at multiples of 64, so that they can be used where they
 * lie; the same files give the same archive.
 */
final class StoredZip {
  /** The most bytes of an archive that every program reads. */
  private static final long MOST_BYTES = (1L << 32) - (1 << 20);

  private static final int ALIGNMENT = 64;
  private static final int LOCAL_BYTES = 30;
  private static final int FIELD_HEADER = 4;
  /** Extra field of Android's zipalign: it has no meaning but to take room. */
  private static final short PADDING = (short) 0xd935;
  /** One of the first days that a zip archive knows; the very first stands for any before. */
  private static final LocalDateTime NO_TIME = LocalDateTime.of(1980, 2, 1, 0, 0);

  private final ZipOutputStream zip;
  private final String name;
  private long position;

  /**
   * Writes an archive.
   *
   * @param name for messages
   */
  StoredZip(OutputStream out, String name) {
    zip = new ZipOutputStream(out);
    this.name = name;
    zip.setMethod(ZipOutputStream.STORED);
  }

  /** Adds a file under a name. */
  void add(String entryName, Path file) throws IOException {
    long size = Files.size(file);
    if (position + size > MOST_BYTES) {
      throw new UserError(
          name + " would have more than 4 GiB, the most that an archive holds: use the directory as it is");
    }
    var entry = new ZipEntry(entryName);
    entry.setSize(size);
    entry.setCompressedSize(size);
    entry.setCrc(checksum(file));
    entry.setTimeLocal(NO_TIME);
    long header = position + LOCAL_BYTES + entryName.getBytes(StandardCharsets.UTF_8).length + FIELD_HEADER;
    int padding = (int) (Math.ceilDiv(header, ALIGNMENT) * ALIGNMENT - header);
    entry.setExtra(ByteBuffer.allocate(FIELD_HEADER + padding).order(ByteOrder.LITTLE_ENDIAN)
        .putShort(PADDING).putShort((short) padding).array());
    zip.putNextEntry(entry);
    Files.copy(file, zip);
    zip.closeEntry();
    position = header + padding + size;
  }

  private static long checksum(Path file) throws IOException {
    var checksum = new CRC32();
    var buffer = new byte[1 << 16];
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        checksum.update(buffer, 0, count);
      }
    }
    return checksum.getValue();
  }

  /** Writes the archive's directory; the stream stays open. */
  void finish() throws IOException {
    zip.finish();
  }
}
