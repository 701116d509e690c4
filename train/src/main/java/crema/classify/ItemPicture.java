package crema.classify;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The picture of an {@link Item}: where it is, or its bytes. */
public sealed interface ItemPicture {
  /**
   * A picture somewhere else, which is read when it is needed.
   *
   * @param location a path or an address on the web, as rows have it
   */
  record Located(String location) implements ItemPicture {}

  /**
   * The bytes of a picture's file, such as a JPEG.
   *
   * @param bytes are not copied and must stay as they are
   */
  record Content(byte[] bytes) implements ItemPicture {
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Content content && Arrays.equals(bytes, content.bytes);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
      return String.format(Locale.ROOT, "a picture of %,d bytes", bytes.length);
    }
  }

  /**
   * A picture of which someone is told if it cannot be read: a model answers all the same, by whatever else there is.
   *
   * @param picture not one of these itself
   * @param unreadable receives the reason in a line that begins with the picture's place, from any thread, and once more
   *     from each further model that reads the picture
   */
  record Watched(ItemPicture picture, Consumer<String> unreadable) implements ItemPicture {}

  /** A picture in a file. */
  static ItemPicture of(Path file) {
    return new Located(file.toString());
  }
}
