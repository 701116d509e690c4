package crema.data.image;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Where the picture of a row is: a file, or an address that begins with {@code http://} or {@code https://}.
 *
 * @param text as it stands in the row
 * @param folder where relative paths of files begin: that of the table
 */
public record PictureLocation(String text, Path folder) {
  /**
   * The location that a cell holds; null if it is blank, for a row without a picture.
   *
   * @param folder of the table
   */
  public static @Nullable PictureLocation of(@Nullable String cell, Path folder) {
    return cell == null || cell.isBlank() ? null : new PictureLocation(cell.strip(), folder);
  }

  /** Whether it is an address. */
  public boolean isAddress() {
    String start = text.substring(0, Math.min(text.length(), "https://".length())).toLowerCase(Locale.ROOT);
    return start.startsWith("http://") || start.startsWith("https://");
  }

  /** The file. */
  Path file() throws PictureRejected {
    try {
      return folder.resolve(text).toAbsolutePath().normalize();
    } catch (InvalidPathException e) {
      throw new PictureRejected(PictureFault.UNREADABLE, "is no path of a file: " + e.getReason(), e);
    }
  }

  /** The address. */
  URI address() throws PictureRejected {
    try {
      var address = new URI(text.replace(" ", "%20"));
      if (address.getHost() == null) {
        throw new PictureRejected(PictureFault.UNREADABLE, "has an address without a host");
      }
      return address;
    } catch (URISyntaxException e) {
      throw new PictureRejected(PictureFault.UNREADABLE, "has an address that is none: " + e.getReason(), e);
    }
  }

  /** As it stands in the row. */
  @Override
  public String toString() {
    return text;
  }
}
