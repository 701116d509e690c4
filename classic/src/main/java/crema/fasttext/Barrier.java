package crema.fasttext;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Where threads wait for each other for a few microseconds at a time; all of them leave if one fails.
 *
 * <p>Threads spin at first, and then sleep. They never yield: on a busy machine that gives the core away for some
 * milliseconds, hundreds of times longer than the wait would have been.
 */
final class Barrier {
  private static final int SPINS = 5_000;

  private final int parties;
  private final int spins;
  private final AtomicInteger arrived = new AtomicInteger();
  private final Queue<Thread> sleepers = new ConcurrentLinkedQueue<>();
  private volatile int generation;
  private volatile boolean broken;

  Barrier(int parties) {
    this(parties, SPINS);
  }

  /** A barrier whose threads spin so many times before they sleep. */
  Barrier(int parties, int spins) {
    this.parties = parties;
    this.spins = spins;
  }

  /** Thrown to the threads that wait for one that failed. */
  static final class BrokenException extends RuntimeException {
    BrokenException() {
      super("another thread failed", null, false, false);
    }
  }

  void await() {
    if (parties == 1) {
      return;
    }
    int current = generation;
    if (arrived.incrementAndGet() == parties) {
      arrived.set(0);
      generation = current + 1;
      wake();
      return;
    }
    for (int spin = 0; spin < spins && isClosed(current); spin++) {
      Thread.onSpinWait();
    }
    while (isClosed(current)) {
      // Once more after each sleep: who opened an earlier generation late may have woken and forgotten this thread.
      sleepers.add(Thread.currentThread());
      if (isClosed(current)) {
        LockSupport.park(this);
      }
    }
    if (broken) {
      throw new BrokenException();
    }
  }

  void fail() {
    broken = true;
    wake();
  }

  private boolean isClosed(int ofGeneration) {
    return generation == ofGeneration && !broken;
  }

  private void wake() {
    for (Thread sleeper = sleepers.poll(); sleeper != null; sleeper = sleepers.poll()) {
      LockSupport.unpark(sleeper);
    }
  }
}
