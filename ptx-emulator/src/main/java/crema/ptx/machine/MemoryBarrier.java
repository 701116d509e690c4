package crema.ptx.machine;

/** An mbarrier: a phase ends when all arrivals and all bytes that it expects have come. */
public final class MemoryBarrier {
  final int actor;
  final int initWarp;
  final int initTime;
  private final VectorClock arriving;
  private final VectorClock completed;
  private int expected;
  private int pending;
  private long bytes;
  private long phase;

  /**
   * A barrier in its first phase.
   *
   * @param expected arrivals a phase
   * @param actor the actor of the bulk loads that it counts
   */
  MemoryBarrier(int expected, Actors actors, int actor, int initWarp, int initTime) {
    this.expected = expected;
    this.pending = expected;
    this.actor = actor;
    this.initWarp = initWarp;
    this.initTime = initTime;
    arriving = new VectorClock(actors.count());
    completed = new VectorClock(actors.count());
  }

  /** Number of the current phase, from 0. */
  public long phase() {
    return phase;
  }

  /** Arrivals that the current phase still expects. */
  public int pending() {
    return pending;
  }

  /** Bytes that the current phase still expects. */
  public long bytes() {
    return bytes;
  }

  void expectBytes(long more) {
    bytes += more;
  }

  /** Arrivals by one who knows {@code clock}. */
  void arrive(int count, boolean drop, VectorClock clock) {
    arriving.join(clock);
    pending -= count;
    if (drop) {
      expected -= count;
    }
    endPhase();
  }

  /** Bytes of a bulk load have landed at {@code time} of the barrier's actor. */
  void complete(long landed, int time) {
    arriving.learn(actor, time);
    bytes -= landed;
    endPhase();
  }

  private void endPhase() {
    if (pending == 0 && bytes == 0) {
      phase++;
      pending = expected;
      completed.join(arriving);
      arriving.clear();
    }
  }

  VectorClock completed() {
    return completed;
  }

  VectorClock arrivingClock() {
    return arriving;
  }
}
