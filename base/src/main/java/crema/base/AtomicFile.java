package crema.base;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

/**
 * Files that are either as they were or complete, whatever happens: a full disk, {@code kill -9}, a power cut, another
 * process that writes the same file.
 */
public final class AtomicFile {
  /** How old a temporary file of a killed process must be before a later write deletes it. */
  private static final Duration ABANDONED = Duration.ofHours(1);

  private static final Pattern TEMPORARY = Pattern.compile(".*\\.[0-9a-f]{16}\\.crema-tmp");

  /** How much of the target's name its temporary file carries; file systems allow names of 255 bytes. */
  private static final int NAME_LENGTH = 50;

  private static final int MAX_LINKS = 40;

  /** Gives a file its content. */
  @FunctionalInterface
  public interface Content {
    /** Writes everything. */
    void writeTo(FileChannel channel) throws IOException;
  }

  private AtomicFile() {}

  /**
   * Writes to a temporary file beside the target, forces it to the disk and renames it. Of several writers at once the
   * last one wins. Permissions of an existing file are kept; of a symbolic link, the file that it leads to is replaced.
   * What is no regular file, such as a pipe, is written directly.
   *
   * @param target created or replaced; what it was stays if anything fails
   */
  public static void write(Path target, Content content) throws IOException {
    try {
      Path file = followLinks(target.toAbsolutePath());
      Path directory = file.getParent();
      if (directory == null || Files.isDirectory(file)) {
        throw new IOException("it is a directory");
      }
      if (Files.exists(file) && !Files.isRegularFile(file)) {
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
          content.writeTo(channel);
        }
      } else {
        replace(directory, file, content);
      }
    } catch (IOException e) {
      // A full disk says only that there is no space; the file says where.
      throw new IOException(target + " cannot be written: " + reason(e, target), e);
    }
  }

  /** {@linkplain #write Writes} a text in UTF-8; its folder is made if need be. */
  public static void writeText(Path target, String text) throws IOException {
    Files.createDirectories(target.toAbsolutePath().getParent());
    write(target, channel -> {
      WholeBuffer.write(channel, StandardCharsets.UTF_8.encode(text));
    });
  }

  private static void replace(Path directory, Path file, Content content) throws IOException {
    Path temporary = createTemporary(file);
    try {
      try (var channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
        copyPermissions(file, temporary);
        content.writeTo(channel);
        channel.force(true);
      }
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException | RuntimeException | Error e) {
      Files.deleteIfExists(temporary);
      throw e;
    }
    force(directory);
    deleteAbandoned(directory);
  }

  /** Creates a file beside another that no other writer has. */
  private static Path createTemporary(Path file) throws IOException {
    String name = file.getFileName().toString();
    String prefix = name.substring(0, Math.min(name.length(), NAME_LENGTH));
    while (true) {
      try {
        return Files.createFile(file.resolveSibling(
            String.format(Locale.ROOT, "%s.%016x.crema-tmp", prefix, ThreadLocalRandom.current().nextLong())));
      } catch (FileAlreadyExistsException e) {
        // Another writer drew the same number; draw again.
        continue;
      }
    }
  }

  /** The file that links lead to, which need not exist. */
  private static Path followLinks(Path path) throws IOException {
    Path file = path;
    for (int links = 0; Files.isSymbolicLink(file); links++) {
      if (links == MAX_LINKS) {
        throw new IOException("it is a symbolic link that leads nowhere");
      }
      file = file.resolveSibling(Files.readSymbolicLink(file));
    }
    return file;
  }

  private static void copyPermissions(Path from, Path to) throws IOException {
    if (supportsPosix(from) && Files.exists(from)) {
      Files.setPosixFilePermissions(to, Files.getPosixFilePermissions(from));
    }
  }

  /** Makes the rename itself durable, where the system lets a directory be opened (Windows does not). */
  private static void force(Path directory) throws IOException {
    if (supportsPosix(directory)) {
      try (var channel = FileChannel.open(directory, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }

  private static boolean supportsPosix(Path file) {
    return file.getFileSystem().supportedFileAttributeViews().contains("posix");
  }

  /** Deletes what killed processes left behind; a file that is being written is younger. */
  private static void deleteAbandoned(Path directory) throws IOException {
    Instant before = Instant.now().minus(ABANDONED);
    try (var files = Files.newDirectoryStream(directory,
        file -> TEMPORARY.matcher(file.getFileName().toString()).matches())) {
      for (Path file : files) {
        try {
          if (Files.getLastModifiedTime(file).toInstant().isBefore(before)) {
            Files.deleteIfExists(file);
          }
        } catch (NoSuchFileException gone) {
          // Its writer has renamed it, or another one has deleted it.
          continue;
        }
      }
    }
  }

  /** Why a file cannot be written, without the name of the temporary file, which nobody asked for. */
  private static String reason(IOException e, Path target) {
    Path folder = target.toAbsolutePath().normalize().getParent();
    return switch (e) {
      case NoSuchFileException _ when folder != null && !Files.exists(folder) ->
          "the folder " + folder + " does not exist";
      case AccessDeniedException _ -> "permission denied";
      case FileSystemException system when system.getReason() != null -> system.getReason();
      default -> String.valueOf(e.getMessage());
    };
  }
}
