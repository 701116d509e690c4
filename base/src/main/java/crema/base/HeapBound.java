package crema.base;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Keeps garbage from growing the heap while something runs: as soon as more than a bound is in use, garbage is collected,
 * long before the largest heap that the JVM may have is full. What is alive is never bounded; if it is more than the bound,
 * garbage is collected again and again as it grows by a part.
 *
 * <p>Arrays that are large by themselves look for room before they are made: see {@link LargeArrays}.
 */
public final class HeapBound implements AutoCloseable {
  private static final Duration LOOK_EVERY = Duration.ofMillis(50);
  /** What is alive may grow by so much of itself before garbage is looked for again. */
  private static final double GROWTH = 0.25;

  private final LongSupplier used;
  private final Runnable collect;
  private final long bound;
  private final Thread thread = Thread.ofPlatform().daemon().name("heap-bound").unstarted(this::watch);
  private double next;

  HeapBound(long bound, LongSupplier used, Runnable collect) {
    this.bound = bound;
    this.used = used;
    this.collect = collect;
    next = bound;
  }

  /**
   * Begins to watch the heap, until this is closed.
   *
   * @param bytes from how many bytes in use on garbage is collected
   */
  public static HeapBound of(long bytes) {
    var bound = new HeapBound(bytes, () -> Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory(),
        System::gc);
    bound.thread.start();
    return bound;
  }

  private void watch() {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        Thread.sleep(LOOK_EVERY);
        look();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Collects garbage if there is more in use than there may be. */
  void look() {
    if (used.getAsLong() > next) {
      collect.run();
      next = Math.max(bound, used.getAsLong() * (1 + GROWTH));
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
