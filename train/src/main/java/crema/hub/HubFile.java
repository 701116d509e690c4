package crema.hub;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A file of a model on a hub.
 *
 * @param path its place in the model, checked: relative, with forward slashes, without {@code ..}
 * @param size how many bytes it has; -1 if the hub did not say
 * @param checksum of its bytes; empty if the hub did not say
 */
record HubFile(String path, long size, Optional<Checksum> checksum) {
  private static final int MAX_PATH = 1000;
  private static final int MAX_NAME = 200;

  /** No control characters, no separators of any system, nothing that Windows reads differently. */
  private static final Pattern NAME = Pattern.compile("[^\\p{Cntrl}\\\\/:*?\"<>|]{1," + MAX_NAME + "}");

  HubFile {
    if (!isSafe(path)) {
      throw new IllegalArgumentException("'" + path + "' is no path of a file in a model");
    }
  }

  /** Whether a path names a file below the folder that it is resolved against, on every system. */
  static boolean isSafe(String path) {
    if (path.length() > MAX_PATH) {
      return false;
    }
    for (String name : path.split("/", -1)) {
      if (!NAME.matcher(name).matches() || name.equals(".") || name.equals("..") || name.endsWith(".")
          || name.isBlank()) {
        return false;
      }
    }
    return true;
  }

  /** The folder that it is in, with a slash at its end; empty for the folder of the model. */
  String folder() {
    return path.substring(0, path.lastIndexOf('/') + 1);
  }

  /** Its name in the folder. */
  String name() {
    return path.substring(path.lastIndexOf('/') + 1);
  }
}
