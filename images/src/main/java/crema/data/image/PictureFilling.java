package crema.data.image;

import crema.base.Fingerprint;
import crema.base.IntList;
import crema.base.Sha256;
import crema.base.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/**
 * Prepares the pictures of rows, which are added one after the other. Files and servers are read, and pictures decoded, by
 * a pool of threads; results are taken in the order of rows, so that the cache is the same for any number of threads.
 *
 * <p>Closing before {@link #finish} ends it; what is prepared stays in the cache.
 */
public final class PictureFilling implements AutoCloseable {
  /** How many rows may be under way: as many pictures may be asked of servers at a time. */
  private static final int WINDOW = 32;
  private static final int SYNC_EVERY = 2000;
  private static final ThreadFactory THREADS = Thread.ofPlatform().daemon().name("pictures-", 0).factory();
  private static final int NO_PICTURE = -1;

  private final PictureCache.Store store;
  private final PictureLoader loader;
  private final PictureListener listener;
  private final ExecutorService pool;
  private final Semaphore decoders;
  private final int window;
  private final Queue<Pending> pending = new ArrayDeque<>();
  private final IntList places = new IntList();
  private final PictureCounts.Builder counts = new PictureCounts.Builder();
  private int unsynced;
  private boolean finished;

  private record Pending(@Nullable PictureLocation location, Future<PictureResult> result) {}

  PictureFilling(PictureCache.Store store, PictureLoader loader, int threads, PictureListener listener) {
    this.store = store;
    this.loader = loader;
    this.listener = listener;
    window = Math.max(WINDOW, 2 * threads);
    decoders = new Semaphore(threads);
    pool = Executors.newFixedThreadPool(window, THREADS);
  }

  /**
   * Adds the next row.
   *
   * @param location of its picture; null if it has none
   */
  public void add(@Nullable PictureLocation location) throws IOException, InterruptedException {
    if (pending.size() == window) {
      takeFirst();
    }
    pending.add(new Pending(location, location == null ? CompletableFuture.completedFuture(new PictureResult.None())
        : pool.submit(() -> result(location))));
  }

  /** Waits for all rows; their pictures can then be read. */
  public PreparedPictures finish() throws IOException, InterruptedException {
    while (!pending.isEmpty()) {
      takeFirst();
    }
    if (unsynced > 0) {
      store.sync();
    }
    pool.shutdown();
    store.closeForWriting();
    finished = true;
    return new PreparedPictures(store.places(), store.cached().checksums(), places.toArray(), counts.build(),
        loader.preparation());
  }

  private void takeFirst() throws IOException, InterruptedException {
    Pending first = pending.remove();
    long row = counts.rows();
    try {
      switch (first.result().get()) {
        case PictureResult.None _ -> {
          counts.addWithout();
          places.add(NO_PICTURE);
        }
        case PictureResult.Rejected(PictureRejected reason) -> {
          counts.addRejected(reason.fault());
          places.add(NO_PICTURE);
          if (first.location() != null) {
            listener.rejected(row, first.location(), reason);
          }
        }
        case PictureResult.KnownLocation(int place) -> addRow(place, true);
        case PictureResult.KnownContent(byte[] location, byte[] content, int place) -> {
          store.addLocation(location, content, place);
          addRow(place, true);
        }
        case PictureResult.Fresh fresh -> addFresh(fresh);
      }
    } catch (ExecutionException e) {
      throw failure(e);
    }
    listener.progressed(counts.rows());
  }

  private void addFresh(PictureResult.Fresh fresh) throws IOException {
    // A row shortly before may have had the same picture.
    int place = store.cached().placeOfContent(fresh.content());
    if (place != DigestTable.NONE) {
      store.addLocation(fresh.location(), fresh.content(), place);
      addRow(place, true);
      return;
    }
    addRow(store.add(fresh), false);
    if (++unsynced == SYNC_EVERY) {
      store.sync();
      unsynced = 0;
    }
  }

  private void addRow(int place, boolean known) {
    CachedPictures cached = store.cached();
    places.add(place);
    counts.add(cached.format(place), cached.width(place), cached.height(place), known);
  }

  private static RuntimeException failure(ExecutionException e) {
    switch (e.getCause()) {
      case Error error -> throw error;
      case RuntimeException failure -> throw failure;
      case null, default -> throw new IllegalStateException(e);
    }
  }

  private PictureResult result(PictureLocation location) throws InterruptedException {
    try {
      byte[] key = key(location);
      int place = store.cached().placeOfLocation(key);
      if (place != DigestTable.NONE) {
        return new PictureResult.KnownLocation(place);
      }
      if (location.isAddress()) {
        // Waiting for a server keeps no decoder.
        return decodeInTurn(key, loader.bytes(location));
      }
      decoders.acquire();
      try {
        return prepared(key, loader.bytes(location));
      } finally {
        decoders.release();
      }
    } catch (PictureRejected e) {
      return new PictureResult.Rejected(e);
    }
  }

  private PictureResult decodeInTurn(byte[] key, byte[] bytes) throws PictureRejected, InterruptedException {
    decoders.acquire();
    try {
      return prepared(key, bytes);
    } finally {
      decoders.release();
    }
  }

  private PictureResult prepared(byte[] key, byte[] bytes) throws PictureRejected {
    byte[] content = new Sha256().add(bytes).bytes();
    int place = store.cached().placeOfContent(content);
    return place != DigestTable.NONE ? new PictureResult.KnownContent(key, content, place)
        : new PictureResult.Fresh(key, content, loader.prepare(bytes));
  }

  /** A digest of a location, and of what tells whether its file was changed. */
  private static byte[] key(PictureLocation location) throws PictureRejected {
    if (location.isAddress()) {
      return new Fingerprint("address").add(location.address().toString()).bytes();
    }
    Path file = location.file();
    var key = new Fingerprint("file").add(file.toString());
    try {
      return key.add(Files.size(file)).add(Files.getLastModifiedTime(file).toMillis()).bytes();
    } catch (IOException e) {
      // Reading it says what is wrong.
      return key.bytes();
    }
  }

  @Override
  public void close() {
    pool.shutdownNow();
    if (!finished) {
      finished = true;
      try {
        store.close();
      } catch (IOException e) {
        throw new UserError(store.own() + " cannot be closed: " + e.getMessage(), e);
      }
    }
  }
}
