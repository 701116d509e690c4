package crema.nn.fasttext;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** Where threads wait for each other for a few microseconds at a time; all of them leave if one fails. */
final class Barrier {
  private static final int SPINS = 2_000;
  private static final int YIELDS = 200;
  private static final long NAP_NANOS = 50_000;

  private final int parties;
  private final AtomicInteger arrived = new AtomicInteger();
  private volatile int generation;
  private volatile boolean broken;

  Barrier(int parties) {
    this.parties = parties;
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
      return;
    }
    for (int tries = 0; generation == current; tries++) {
      if (broken) {
        throw new BrokenException();
      }
      if (tries < SPINS) {
        Thread.onSpinWait();
      } else if (tries < SPINS + YIELDS) {
        Thread.yield();
      } else {
        LockSupport.parkNanos(NAP_NANOS);
      }
    }
  }

  void fail() {
    broken = true;
  }
}
