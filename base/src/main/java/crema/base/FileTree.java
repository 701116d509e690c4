package crema.base;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/** Folders as a whole. */
public final class FileTree {
  /** Gives a folder its content. */
  @FunctionalInterface
  public interface Content {
    /** Writes everything into an empty folder. */
    void writeTo(Path folder) throws IOException;
  }

  private FileTree() {}

  /** Deletes a file, or a folder with all that is in it; links are deleted, not what they lead to. */
  public static void delete(Path root) throws IOException {
    if (Files.exists(root)) {
      try (Stream<Path> files = Files.walk(root)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  /** Whether there is nothing at a path, or an empty folder. */
  public static boolean isFree(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return true;
    }
    if (!Files.isDirectory(folder)) {
      return false;
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.findAny().isEmpty();
    }
  }

  /**
   * Writes a folder beside the target and renames it, so that the target is there whole or not at all. What it was before
   * is deleted last.
   *
   * @param target created or replaced, with the folders that it is in
   */
  public static void write(Path target, Content content) throws IOException {
    Path folder = target.toAbsolutePath().normalize();
    Files.createDirectories(folder.getParent());
    Path written = Files.createDirectory(beside(folder));
    try {
      content.writeTo(written);
      if (Files.exists(folder)) {
        Path former = beside(folder);
        Files.move(folder, former, StandardCopyOption.ATOMIC_MOVE);
        Files.move(written, folder, StandardCopyOption.ATOMIC_MOVE);
        delete(former);
      } else {
        Files.move(written, folder, StandardCopyOption.ATOMIC_MOVE);
      }
    } finally {
      delete(written);
    }
  }

  private static Path beside(Path folder) {
    return folder.resolveSibling(
        String.format(Locale.ROOT, "%s.%016x.crema-tmp", folder.getFileName(), ThreadLocalRandom.current().nextLong()));
  }
}
