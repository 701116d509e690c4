package crema.cuda.graph;

import crema.cuda.driver.Driver;
import crema.cuda.driver.Event;
import crema.cuda.driver.Stream;

/** The two streams that a queue's work goes to: one for most of it, one for what nobody waits for yet. */
final class Lanes {
  private final Driver driver;
  private final Stream first;
  private final Stream second;
  private final Event forked;
  private final Event done;
  private Stream current;

  Lanes(Driver driver, Stream first, Stream second) {
    this.driver = driver;
    this.first = first;
    this.second = second;
    current = first;
    forked = driver.event();
    done = driver.event();
  }

  /** Where work goes now. */
  Stream current() {
    return current;
  }

  /** The stream on which all work is done in the end. */
  Stream first() {
    return first;
  }

  /** From here on work goes to the second stream, after what was queued before. */
  void fork() {
    driver.record(forked, first);
    driver.await(forked, second);
    current = second;
  }

  /** From here on work goes to the first stream again, beside what is on the second. */
  void back() {
    driver.record(done, second);
    current = first;
  }

  /** What follows on the first stream comes after what is on the second. */
  void join() {
    driver.await(done, first);
  }
}
