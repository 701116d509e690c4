package crema.hub;

import crema.base.UserError;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.function.LongConsumer;

/**
 * Fetches one file into the cache. What came in stays beside its place until it is whole, and the next attempt, of this
 * process or a later one, goes on from there. Only bytes with the announced checksum get their name.
 */
final class Download {
  private static final int BUFFER = 1 << 16;

  private final HubClient client;
  private final HubCache cache;
  private final HubOptions options;
  private final HubListener listener;

  Download(HubClient client, HubCache cache, HubOptions options, HubListener listener) {
    this.client = client;
    this.cache = cache;
    this.options = options;
    this.listener = listener;
  }

  /**
   * Fetches a file unless its bytes are there.
   *
   * @param file with size and checksum
   * @param progress is told how many of its bytes there are
   */
  void fetch(ModelName name, String commit, HubFile file, LongConsumer progress)
      throws IOException, InterruptedException {
    Checksum checksum = file.checksum().orElseThrow();
    Path blob = cache.blob(name, checksum);
    Files.createDirectories(blob.getParent());
    cache.exclusively(name, checksum, () -> {
      if (!Files.isRegularFile(blob) || Files.size(blob) != file.size()) {
        Path partial = blob.resolveSibling(checksum.hex() + ".crema-incomplete");
        complete(name, commit, file, partial, progress);
        if (!checksum.matches(partial)) {
          // What an earlier attempt left may be at fault: once more, from the beginning.
          Files.delete(partial);
          complete(name, commit, file, partial, progress);
          if (!checksum.matches(partial)) {
            Files.delete(partial);
            throw new UserError(file.path() + " of " + name + " came in damaged from " + client.host()
                + ": its checksum is not " + checksum);
          }
        }
        Files.move(partial, blob, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      }
    });
    progress.accept(file.size());
  }

  private void complete(ModelName name, String commit, HubFile file, Path partial, LongConsumer progress)
      throws IOException, InterruptedException {
    var patience = new Patience(options.pause(), listener);
    try (var channel = FileChannel.open(partial, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      if (channel.size() > file.size()) {
        channel.truncate(0);
      }
      while (channel.size() < file.size()) {
        try {
          append(name, commit, file, channel, patience, progress);
        } catch (NotWritten e) {
          throw new UserError(partial + " cannot be written: " + e.getMessage() + "; what came in is kept", e);
        } catch (IOException e) {
          patience.failed(client.described(e));
        }
      }
      channel.force(true);
    }
  }

  /** The disk is full, or the like. */
  private static final class NotWritten extends IOException {
    private static final long serialVersionUID = 1L;

    NotWritten(IOException cause) {
      super(cause.getMessage(), cause);
    }
  }

  private void append(ModelName name, String commit, HubFile file, FileChannel channel, Patience patience,
      LongConsumer progress) throws IOException, InterruptedException {
    HubClient.Body body = client.open(name, commit, file, channel.size());
    try (var guard = new StallGuard(body.bytes(), options.stallTimeout())) {
      // A hub that does not send parts begins anew.
      channel.truncate(body.from());
      channel.position(body.from());
      var buffer = new byte[BUFFER];
      long done = body.from();
      for (int n = guard.read(buffer); n >= 0; n = guard.read(buffer)) {
        if (n > file.size() - done) {
          throw new UserError(client.host() + " sends more of " + file.path() + " than the " + file.size()
              + " bytes that it announced");
        }
        write(channel, ByteBuffer.wrap(buffer, 0, n));
        done += n;
        patience.reached(done);
        progress.accept(done);
      }
      if (done < file.size()) {
        throw new IOException(done + " of " + file.size() + " bytes of " + file.path() + " came in");
      }
    }
  }

  private static void write(FileChannel channel, ByteBuffer bytes) throws NotWritten {
    try {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    } catch (IOException e) {
      throw new NotWritten(e);
    }
  }
}
