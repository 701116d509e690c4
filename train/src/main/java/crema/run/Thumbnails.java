package crema.run;

import crema.classify.ItemPicture;
import crema.data.image.Picture;
import crema.data.image.PictureLimits;
import crema.data.image.PictureLoader;
import crema.data.image.PictureLocation;
import crema.data.image.PicturePreparation;
import crema.data.image.PictureRejected;
import crema.data.image.PictureWriter;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Makes small pictures for a page, in which they are embedded: so many that the page stays small enough to be sent. For use
 * by one thread at a time.
 */
public final class Thumbnails implements AutoCloseable {
  private static final int SIZE = 64;
  /** Characters that all pictures of a page have together: those of some hundreds. */
  private static final int MOST_CHARACTERS = 1 << 20;

  /** Made for the first picture: most rows have none. */
  private @Nullable PictureLoader loader;
  private int characters;

  /** Makes none yet. */
  public Thumbnails() {}

  /**
   * The address of a page's picture, with the picture in it; empty if it cannot be read, or if the page is {@linkplain
   * #isFull full}.
   */
  public Optional<String> of(ItemPicture picture) {
    if (isFull()) {
      return Optional.empty();
    }
    if (loader == null) {
      loader = new PictureLoader(PictureLimits.DEFAULT, PicturePreparation.ofSize(SIZE));
    }
    try {
      Picture small = switch (picture) {
        case ItemPicture.Content content -> loader.prepare(content.bytes()).prepared();
        case ItemPicture.Located located ->
            loader.load(new PictureLocation(located.location(), Path.of(""))).prepared();
        case ItemPicture.Watched _ -> throw new IllegalArgumentException("a picture is still watched");
      };
      String address = "data:image/jpeg;base64," + Base64.getEncoder().encodeToString(PictureWriter.jpeg(small));
      characters += address.length();
      return Optional.of(address);
    } catch (PictureRejected e) {
      // Whoever prepared the pictures of the rows has told of it.
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  /** Whether the page has as many pictures as it may have. */
  public boolean isFull() {
    return characters >= MOST_CHARACTERS;
  }

  @Override
  public void close() {
    if (loader != null) {
      loader.close();
    }
  }
}
