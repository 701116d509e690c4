package crema.cuda;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Says so when somebody waits for a device for too long, once for each wait. Its thread starts with the first wait. */
final class Watchdog implements AutoCloseable {
  private final Duration patience;
  private final Consumer<String> report;
  private final Supplier<String> awaited;
  private @Nullable Thread thread;
  private volatile long waitingSince;
  private volatile boolean closed;

  /**
   * A watchdog.
   *
   * @param awaited what is waited for
   * @param report takes the message
   */
  Watchdog(Duration patience, Supplier<String> awaited, Consumer<String> report) {
    this.patience = patience;
    this.awaited = awaited;
    this.report = report;
  }

  /** Runs what waits. */
  void watch(Runnable wait) {
    if (thread == null) {
      thread = Thread.ofPlatform().name("crema-cuda-watchdog").daemon().start(this::run);
    }
    // Zero stands for no wait.
    waitingSince = System.nanoTime() | 1;
    try {
      wait.run();
    } finally {
      waitingSince = 0;
    }
  }

  private void run() {
    long reported = 0;
    while (!closed) {
      LockSupport.parkNanos(patience.toNanos() / 4);
      long since = waitingSince;
      if (since != 0 && since != reported && System.nanoTime() - since >= patience.toNanos()) {
        reported = since;
        report.accept(
            "the GPU has not finished in " + patience.toSeconds() + " s what was launched last: " + awaited.get());
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    if (thread != null) {
      LockSupport.unpark(thread);
    }
  }
}
