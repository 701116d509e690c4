package crema.base;

import java.util.concurrent.locks.StampedLock;
import java.util.function.Supplier;

/**
 * What everything promises that holds a model and can be closed: calls of any number of threads run while it is open,
 * closing waits for them, and every later call is an {@link IllegalStateException}. Whatever a call throws, an
 * {@link Error} too, passes through.
 */
public final class OpenLock {
  private final String name;
  private final StampedLock lock = new StampedLock();
  /** Written under the write lock. */
  private boolean closed;

  /**
   * Open.
   *
   * @param name what it is, for messages, such as {@code the classifier models/titles}
   */
  public OpenLock(String name) {
    this.name = name;
  }

  /**
   * Makes a call.
   *
   * @throws IllegalStateException when it is closed
   */
  public <T> T whileOpen(Supplier<T> call) {
    long stamp = lock.readLock();
    try {
      if (closed) {
        throw new IllegalStateException(name + " is closed");
      }
      return call.get();
    } finally {
      lock.unlockRead(stamp);
    }
  }

  /** Waits for running calls, and closes. Closing again does nothing. */
  public void close(Runnable release) {
    long stamp = lock.writeLock();
    try {
      if (!closed) {
        closed = true;
        release.run();
      }
    } finally {
      lock.unlockWrite(stamp);
    }
  }
}
