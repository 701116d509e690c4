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

/** Makes small pictures for pages, in which they are embedded. For use by one thread at a time. */
public final class Thumbnails implements AutoCloseable {
  private static final int SIZE = 64;

  /** Made for the first picture: most rows have none. */
  private @Nullable PictureLoader loader;

  /** Makes none yet. */
  public Thumbnails() {}

  /** The address of a page's picture, with the picture in it; empty if there is none that can be read. */
  public Optional<String> of(ItemPicture picture) {
    if (loader == null) {
      loader = new PictureLoader(PictureLimits.DEFAULT, PicturePreparation.ofSize(SIZE));
    }
    try {
      Picture small = switch (picture) {
        case ItemPicture.Content content -> loader.prepare(content.bytes()).prepared();
        case ItemPicture.Located located ->
            loader.load(new PictureLocation(located.location(), Path.of(""))).prepared();
      };
      return Optional.of("data:image/jpeg;base64," + Base64.getEncoder().encodeToString(PictureWriter.jpeg(small)));
    } catch (PictureRejected e) {
      // Whoever prepared the pictures of the rows has told of it.
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  @Override
  public void close() {
    if (loader != null) {
      loader.close();
    }
  }
}
