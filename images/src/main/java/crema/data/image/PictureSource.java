package crema.data.image;

import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Gets the bytes of pictures, from files and from servers, within limits of size and time. Safe to use from several
 * threads.
 */
final class PictureSource implements AutoCloseable {
  private static final int OK = 200;
  private static final int TOO_MANY_REQUESTS = 429;
  private static final int SERVER_ERROR = 500;
  /** How long a server that is busy is left alone before it is asked once more. */
  private static final Duration PAUSE = Duration.ofMillis(500);

  private final PictureLimits limits;
  private @Nullable HttpClient client;

  PictureSource(PictureLimits limits) {
    this.limits = limits;
  }

  /** The bytes of a picture. */
  byte[] bytes(PictureLocation location) throws PictureRejected, InterruptedException {
    return location.isAddress() ? fetch(location.address()) : read(location.file());
  }

  private byte[] read(Path file) throws PictureRejected {
    try {
      if (!Files.isRegularFile(file)) {
        // What is no file may give bytes without end.
        throw Files.exists(file) ? new PictureRejected(PictureFault.UNREADABLE, "is no file")
            : new PictureRejected(PictureFault.MISSING, "is not there");
      }
      try (var in = Files.newInputStream(file)) {
        byte[] bytes = in.readNBytes(limits.bytes() + 1);
        if (bytes.length > limits.bytes()) {
          throw new PictureRejected(PictureFault.TOO_LARGE,
              String.format(Locale.ROOT, "has %,d bytes; at most %,d are read", Files.size(file), limits.bytes()));
        }
        return bytes;
      }
    } catch (NoSuchFileException e) {
      throw new PictureRejected(PictureFault.MISSING, "is not there", e);
    } catch (AccessDeniedException e) {
      throw new PictureRejected(PictureFault.UNREADABLE, "may not be read: permission denied", e);
    } catch (IOException e) {
      throw new PictureRejected(PictureFault.UNREADABLE, "cannot be read: " + e.getMessage(), e);
    }
  }

  private byte[] fetch(URI address) throws PictureRejected, InterruptedException {
    long deadline = System.nanoTime() + limits.time().toNanos();
    try {
      return attempt(address, deadline);
    } catch (Busy e) {
      if (deadline - System.nanoTime() <= PAUSE.toNanos()) {
        throw e.rejected;
      }
      Thread.sleep(PAUSE);
      try {
        return attempt(address, deadline);
      } catch (Busy again) {
        throw again.rejected;
      }
    }
  }

  /** It may be different in a moment. */
  private static final class Busy extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient PictureRejected rejected;

    Busy(PictureRejected rejected) {
      super(rejected);
      this.rejected = rejected;
    }
  }

  private byte[] attempt(URI address, long deadline) throws PictureRejected, Busy, InterruptedException {
    CompletableFuture<HttpResponse<byte[]>> answer;
    try {
      var request = HttpRequest.newBuilder(address).header("Accept", "image/*").header("User-Agent", "crema").build();
      answer = client().sendAsync(request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), limits.bytes()));
    } catch (IllegalArgumentException e) {
      throw new PictureRejected(PictureFault.UNREADABLE, "has an address that cannot be asked: " + e.getMessage(), e);
    }
    try {
      HttpResponse<byte[]> response = answer.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
      int status = response.statusCode();
      if (status == OK) {
        return response.body();
      }
      var fault = status == 404 || status == 410 ? PictureFault.MISSING : PictureFault.UNREADABLE;
      var rejected = new PictureRejected(fault, "is not sent: " + address.getHost() + " answers " + status);
      if (status == TOO_MANY_REQUESTS || status >= SERVER_ERROR) {
        throw new Busy(rejected);
      }
      throw rejected;
    } catch (TimeoutException e) {
      throw new PictureRejected(PictureFault.TIMED_OUT,
          "is not sent within " + new BigDecimal(limits.time().toMillis()).movePointLeft(3).stripTrailingZeros()
              .toPlainString() + " s by " + address.getHost(),
          e);
    } catch (ExecutionException e) {
      String reason = String.valueOf(e.getCause() == null ? e.getMessage() : e.getCause().getMessage());
      if (reason.contains("body exceeds capacity")) {
        throw new PictureRejected(PictureFault.TOO_LARGE, String.format(Locale.ROOT,
            "has more than the %,d bytes that are read", limits.bytes()), e);
      }
      throw new Busy(new PictureRejected(PictureFault.UNREADABLE, "is not sent by " + address.getHost()
          + (reason.equals("null") ? ": it cannot be reached" : ": " + reason), e));
    } finally {
      // Ends the exchange if it goes on.
      answer.cancel(true);
    }
  }

  private synchronized HttpClient client() {
    if (client == null) {
      client =
          HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NORMAL).connectTimeout(limits.time()).build();
    }
    return client;
  }

  @Override
  public synchronized void close() {
    if (client != null) {
      client.shutdownNow();
      client = null;
    }
  }
}
