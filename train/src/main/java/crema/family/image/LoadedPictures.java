package crema.family.image;

import crema.base.WorkerPool;
import crema.classify.ItemPicture;
import crema.data.image.Picture;
import crema.data.image.PictureLoader;
import crema.data.image.PictureLocation;
import crema.data.image.PictureRejected;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * The pictures of a batch, read and prepared. Servers are asked for all of them at once, so that one that does not answer
 * holds up no other; a pool of threads decodes.
 */
final class LoadedPictures {
  private static final Path HERE = Path.of("");
  private static final String INTERRUPTED = " was not read to its end: the thread was interrupted";

  private final PictureLoader loader;
  private final SequencedMap<ItemPicture, Picture> pictures = new LinkedHashMap<>();
  private final Map<ItemPicture, String> faults = new HashMap<>();

  /**
   * Loads pictures.
   *
   * @param some all different, none of them watched; as many as may be asked of servers at once
   */
  LoadedPictures(PictureLoader loader, List<ItemPicture> some, WorkerPool pool) {
    this.loader = loader;
    var results = new @Nullable Result[some.size()];
    if (some.size() == 1) {
      // One picture is read by its caller, so that many callers need not take turns.
      results[0] = result(some.getFirst(), null);
    } else {
      Map<ItemPicture, Future<byte[]>> sent = sent(some);
      pool.run(some.size(), (i, _) -> results[i] = result(some.get(i), sent.get(some.get(i))));
    }
    for (int i = 0; i < results.length; i++) {
      switch (results[i]) {
        case Result.Good(Picture picture) -> pictures.put(some.get(i), picture);
        case Result.Bad(String fault) -> faults.put(some.get(i), fault);
        case null -> throw new IllegalStateException("a picture was left out");
      }
    }
  }

  /** The pictures that could be read, in their order. */
  SequencedMap<ItemPicture, Picture> pictures() {
    return Collections.unmodifiableSequencedMap(pictures);
  }

  /** Why the others could not, in lines that begin with their places. */
  Map<ItemPicture, String> faults() {
    return Collections.unmodifiableMap(faults);
  }

  /** What came of a picture. */
  private sealed interface Result {
    record Good(Picture picture) implements Result {}

    record Bad(String fault) implements Result {}
  }

  /** What servers sent of pictures on the web, when all have answered or had their time. */
  private Map<ItemPicture, Future<byte[]>> sent(List<ItemPicture> some) {
    var sent = new HashMap<ItemPicture, Future<byte[]>>();
    try (var servers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (ItemPicture picture : some) {
        if (picture instanceof ItemPicture.Located(String location)
            && new PictureLocation(location, HERE).isAddress()) {
          sent.put(picture, servers.submit(() -> loader.bytes(new PictureLocation(location, HERE))));
        }
      }
    }
    return sent;
  }

  private Result result(ItemPicture picture, @Nullable Future<byte[]> sent) {
    if (sent != null && sent.state() == Future.State.FAILED && sent.exceptionNow() instanceof InterruptedException) {
      // It was the caller that was interrupted: this thread was not.
      return new Result.Bad(place(picture) + INTERRUPTED);
    }
    try {
      return new Result.Good((sent != null ? loader.prepare(bytes(sent)) : switch (picture) {
        case ItemPicture.Content content -> loader.prepare(content.bytes());
        case ItemPicture.Located(String location) -> loader.load(new PictureLocation(location, HERE));
        case ItemPicture.Watched _ -> throw new IllegalArgumentException("a picture is still watched");
      }).prepared());
    } catch (PictureRejected e) {
      return new Result.Bad(place(picture) + " " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Result.Bad(place(picture) + INTERRUPTED);
    }
  }

  private static byte[] bytes(Future<byte[]> sent) throws PictureRejected, InterruptedException {
    try {
      return sent.get();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case PictureRejected rejected -> throw rejected;
        case Error error -> throw error;
        case null, default -> throw new IllegalStateException(e);
      }
    }
  }

  private static String place(ItemPicture picture) {
    return picture instanceof ItemPicture.Located(String location) ? location : "the picture";
  }
}
