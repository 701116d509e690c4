package crema.hub;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;

/**
 * Reads a stream from the network and gives up when nothing comes in for a while: a request's own timeout ends with the
 * headers of the answer.
 */
final class StallGuard implements AutoCloseable {
  private static final int BUFFER = 1 << 14;

  private final InputStream bytes;
  private final Duration timeout;
  private final Thread watch;
  private volatile long lastNanos = System.nanoTime();
  private volatile boolean hasStalled;

  /** Guards a stream, which it closes with itself. */
  StallGuard(InputStream bytes, Duration timeout) {
    this.bytes = bytes;
    this.timeout = timeout;
    watch = Thread.ofVirtual().name("crema-stall-guard").start(this::watch);
  }

  private void watch() {
    try {
      for (long left = timeout.toNanos(); left > 0; left = timeout.toNanos() - (System.nanoTime() - lastNanos)) {
        Thread.sleep(Duration.ofNanos(left));
      }
      hasStalled = true;
      // Whoever waits in a read gets an exception.
      bytes.close();
    } catch (InterruptedException | IOException e) {
      // The stream was read to its end, or is closed already.
      Thread.currentThread().interrupt();
    }
  }

  /** Reads some bytes, at least one; -1 at the end. */
  int read(byte[] target) throws IOException {
    try {
      int count = bytes.read(target);
      lastNanos = System.nanoTime();
      if (count < 0 && hasStalled) {
        throw new IOException("nothing came in");
      }
      return count;
    } catch (IOException e) {
      throw hasStalled ? new IOException("nothing came in for " + Math.max(1, timeout.toSeconds()) + " s", e) : e;
    }
  }

  /**
   * Reads everything.
   *
   * @throws IOException when it is more than {@code most} bytes
   */
  byte[] readAll(int most) throws IOException {
    var all = new ByteArrayOutputStream();
    var buffer = new byte[BUFFER];
    for (int n = read(buffer); n >= 0; n = read(buffer)) {
      all.write(buffer, 0, n);
      if (all.size() > most) {
        throw new IOException("the answer is longer than " + most + " bytes");
      }
    }
    return all.toByteArray();
  }

  @Override
  public void close() throws IOException {
    watch.interrupt();
    bytes.close();
  }
}
