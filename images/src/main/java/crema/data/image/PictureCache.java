package crema.data.image;

import crema.base.AtomicFile;
import crema.base.Journal;
import crema.base.UserError;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A folder with prepared pictures, so that each is fetched, decoded and resized once. A picture is known by its bytes and
 * by how it was prepared; so that its bytes need not be read again, also by its address, or by its file's path, size and
 * time of change.
 *
 * <p>A subfolder for each preparation holds {@code pictures}, the prepared bytes one after the other; {@code index}, a
 * {@link Journal} that says which is which, with checksums; and {@code synced}, how many of them are certainly on the
 * disk. Pictures are written before their line of the index. So after a kill, at any point, all are used whose line is
 * whole; after a power cut, those behind the synced ones are compared with their checksums first.
 *
 * <p>One process fills a preparation's folder at a time; others wait. Any number of them read.
 */
public final class PictureCache {
  private static final int WAIT_MILLIS = 200;

  private final Path folder;

  /** The cache in a folder, which is made when it is filled. */
  public PictureCache(Path folder) {
    this.folder = folder;
  }

  /**
   * Begins to prepare pictures, or goes on.
   *
   * @param threads how many pictures are decoded at a time
   */
  public PictureFilling fill(PictureLoader loader, int threads, PictureListener listener)
      throws IOException, InterruptedException {
    PicturePreparation preparation = loader.preparation();
    String identity = preparation.fingerprint().hex();
    Path own = folder.resolve(String.format(Locale.ROOT, "%d-%s", preparation.size(), identity.substring(0, 16)));
    try {
      Files.createDirectories(own);
    } catch (IOException e) {
      throw new UserError("the folder for prepared pictures, " + own + ", cannot be made: " + e.getMessage(), e);
    }
    var lock = new Lock(own, listener);
    try {
      var places = PicturePlaces.open(own.resolve("pictures"), preparation.bytes());
      try {
        int synced = synced(own);
        var cached = new CachedPictures();
        var index = Journal.open(own.resolve("index"), identity,
            line -> accept(CachedPictures.Entry.of(line), cached, places, synced), listener::warned);
        return new PictureFilling(new Store(own, places, index, cached, lock), loader, threads, listener);
      } catch (IOException | RuntimeException | Error e) {
        places.close();
        throw e;
      }
    } catch (IOException | RuntimeException | Error e) {
      lock.close();
      throw e;
    }
  }

  /** Takes a line of the index, or refuses it and so all after it. */
  private static void accept(CachedPictures.Entry entry, CachedPictures cached, PicturePlaces places, int synced) {
    try {
      boolean isThere = entry.place() < Math.max(synced, cached.count()) ? places.reaches(entry.place())
          : places.holds(entry.place(), entry.checksum());
      if (!isThere) {
        throw new IllegalArgumentException("place " + entry.place() + " does not hold its picture");
      }
      cached.add(entry);
    } catch (IOException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static int synced(Path own) throws IOException {
    Path file = own.resolve("synced");
    try {
      return Files.exists(file) ? Integer.parseInt(Files.readString(file).strip()) : 0;
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  /**
   * The open files of a preparation.
   *
   * @param own its folder
   */
  record Store(Path own, PicturePlaces places, Journal index, CachedPictures cached, Lock lock) {
    /** Adds a picture in the next place, and says which that is. */
    int add(PictureResult.Fresh fresh) {
      int place = cached.count();
      byte[] picture = fresh.loaded().prepared().rgb();
      places.write(place, picture);
      keep(new CachedPictures.Entry(fresh.location(), fresh.content(), place, PicturePlaces.checksum(picture),
          fresh.loaded().format(), fresh.loaded().width(), fresh.loaded().height()));
      return place;
    }

    /** Adds another location of a picture that is there. */
    void addLocation(byte[] location, byte[] content, int place) {
      keep(new CachedPictures.Entry(location, content, place, cached.checksum(place), cached.format(place),
          cached.width(place), cached.height(place)));
    }

    private void keep(CachedPictures.Entry entry) {
      index.append(entry.toBytes());
      cached.add(entry);
    }

    /** Waits until all pictures are on the disk, and notes that. */
    void sync() throws IOException {
      places.force();
      AtomicFile.writeText(own.resolve("synced"), cached.count() + "\n");
    }

    /** Ends writing; the pictures can still be read. */
    void closeForWriting() throws IOException {
      index.close();
      lock.close();
    }

    void close() throws IOException {
      closeForWriting();
      places.close();
    }
  }

  /** Keeps others from filling the same folder. */
  static final class Lock {
    private final FileChannel channel;

    Lock(Path own, PictureListener listener) throws IOException, InterruptedException {
      channel = FileChannel.open(own.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      try {
        for (boolean warned = false; attempt() == null; warned = true) {
          if (!warned) {
            listener.warned(own + " is being filled by another run; waiting for it");
          }
          Thread.sleep(WAIT_MILLIS);
        }
      } catch (IOException | InterruptedException | RuntimeException | Error e) {
        channel.close();
        throw e;
      }
    }

    private @Nullable FileLock attempt() throws IOException {
      try {
        return channel.tryLock();
      } catch (OverlappingFileLockException e) {
        // By this process.
        return null;
      }
    }

    void close() throws IOException {
      channel.close();
    }
  }
}
