package crema.nn.io;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Names of files that files of weights refer to. */
final class SiblingFile {
  private SiblingFile() {}

  /** Whether a name is that of a file in the same folder, and no path. */
  static boolean isPlainName(String name) {
    if (name.isEmpty() || name.equals(".") || name.equals("..") || name.contains("/") || name.contains("\\")) {
      return false;
    }
    try {
      return Path.of(name).getNameCount() == 1 && !Path.of(name).isAbsolute();
    } catch (InvalidPathException e) {
      return false;
    }
  }
}
