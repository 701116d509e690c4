package crema.base;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** Files that are either as they were or complete, whatever happens: a full disk, {@code kill -9}, a power cut. */
public final class AtomicFile {
  /** Gives a file its content. */
  @FunctionalInterface
  public interface Content {
    /** Writes everything. */
    void writeTo(FileChannel channel) throws IOException;
  }

  private AtomicFile() {}

  /**
   * Writes to a temporary file beside the target, forces it to the disk and renames it.
   *
   * @param target created or replaced; what it was stays if anything fails
   */
  public static void write(Path target, Content content) throws IOException {
    Path absolute = target.toAbsolutePath();
    Path temporary = absolute.resolveSibling(absolute.getFileName() + ".tmp");
    try {
      try (var channel = FileChannel.open(temporary, StandardOpenOption.CREATE, StandardOpenOption.WRITE,
          StandardOpenOption.TRUNCATE_EXISTING)) {
        content.writeTo(channel);
        channel.force(true);
      }
      Files.move(temporary, absolute, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      Files.deleteIfExists(temporary);
      // A full disk says only that there is no space; the file says where.
      throw new IOException(target + " cannot be written: " + e.getMessage(), e);
    } catch (RuntimeException e) {
      Files.deleteIfExists(temporary);
      throw e;
    }
    forceDirectory(absolute);
  }

  /** {@linkplain #write Writes} a text in UTF-8; its folder is made if need be. */
  public static void writeText(Path target, String text) throws IOException {
    Files.createDirectories(target.toAbsolutePath().getParent());
    write(target, channel -> {
      for (var bytes = StandardCharsets.UTF_8.encode(text); bytes.hasRemaining(); ) {
        channel.write(bytes);
      }
    });
  }

  /** Makes the rename itself durable, where the system lets a directory be opened (Windows does not). */
  private static void forceDirectory(Path file) throws IOException {
    Path directory = file.getParent();
    if (directory != null && directory.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      try (var channel = FileChannel.open(directory, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }
}
