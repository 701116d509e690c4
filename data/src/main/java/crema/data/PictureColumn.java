package crema.data;

import java.net.URI;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The column that says where the picture of a row is: a path, or an address.
 *
 * @param name of the column
 * @param root the folder in which relative paths are looked for; null for that of the file with the rows
 */
public record PictureColumn(String name, @Nullable Path root) {
  private static final Pattern ADDRESS = Pattern.compile("(?i)https?://.+");
  private static final String FILE_SCHEME = "file:";
  private static final String ENTRY = "!/";

  /** A column whose relative paths begin at the folder of the file. */
  public PictureColumn(String name) {
    this(name, null);
  }

  /** Whether a location is an address on the web, and no path. */
  public static boolean isAddress(String location) {
    return ADDRESS.matcher(location).matches();
  }

  /**
   * Where a picture is that a cell names.
   *
   * @param cell what stands in the column
   * @param file the name of the file with the row
   * @return an address, or a path that is absolute or begins where the program does. What is no path stays as it is: whoever
   *     looks for it finds nothing
   */
  public String locate(String cell, String file) {
    String location = cell.strip();
    if (isAddress(location)) {
      return location;
    }
    try {
      Path path = location.startsWith(FILE_SCHEME) ? Path.of(URI.create(location)) : Path.of(location);
      if (path.isAbsolute()) {
        return path.toString();
      }
      Path folder = root == null ? folder(file) : root;
      return folder == null ? path.toString() : folder.resolve(path).normalize().toString();
    } catch (IllegalArgumentException e) {
      // Among these is InvalidPathException.
      return location;
    }
  }

  /** The folder of a file, which may be an entry of an archive; null for the one in which the program runs. */
  private static @Nullable Path folder(String file) {
    if (isAddress(file)) {
      return null;
    }
    int entry = file.indexOf(ENTRY);
    return Path.of(entry < 0 ? file : file.substring(0, entry)).getParent();
  }

  /** As fingerprints of rows have it. */
  @Override
  public String toString() {
    return root == null ? name : name + " in " + root;
  }
}
