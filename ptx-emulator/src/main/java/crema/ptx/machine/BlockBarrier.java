package crema.ptx.machine;

import crema.ptx.FaultKind;
import java.util.ArrayList;
import java.util.List;

/** One of a block's 16 barriers. It counts warps: a warp arrives with all its lanes. */
final class BlockBarrier {
  private static final int ALL = -1;

  private final Block block;
  private final int number;
  private final VectorClock clock;
  private final List<Warp> waiting = new ArrayList<>();
  private int arrived;
  private int expected;
  private int count;
  private boolean all;
  private boolean any;

  BlockBarrier(Block block, int number, int actors) {
    this.block = block;
    this.number = number;
    clock = new VectorClock(actors);
    reset();
  }

  void reset() {
    clock.clear();
    waiting.clear();
    arrived = 0;
    expected = ALL;
    count = 0;
    all = true;
    any = false;
  }

  /**
   * A warp arrives.
   *
   * @param threads how many threads the barrier expects, or -1 for all of the block
   * @param holds the lanes in which the reduced predicate is true
   */
  void arrive(Warp warp, BarrierArrival action, int threads, int lanes, int holds) {
    int lane = Integer.numberOfTrailingZeros(lanes);
    if (threads != ALL && (threads <= 0 || (threads & 31) != 0)) {
      throw warp.fault(FaultKind.BARRIER_MISUSE, lane,
          "barrier " + number + " for " + threads + " threads: not a multiple of 32");
    }
    int warps = threads == ALL ? ALL : threads / Warp.LANES;
    if (arrived > 0 && warps != expected) {
      throw warp.fault(FaultKind.BARRIER_MISUSE, lane,
          "barrier " + number + " for " + describe(warps) + ", where another warp came for "
              + describe(expected));
    }
    expected = warps;
    clock.join(warp.clock());
    warp.tick();
    arrived++;
    count += Integer.bitCount(holds);
    all &= holds == lanes;
    any |= holds != 0;
    if (action.waits) {
      waiting.add(warp);
      warp.waitAtBarrier(action);
    }
    block.progress();
    releaseIfComplete();
  }

  private static String describe(int warps) {
    return warps == ALL ? "all threads" : warps * Warp.LANES + " threads";
  }

  /** Lets the warps go if all have come; called again when a warp ends, since fewer are needed then. */
  void releaseIfComplete() {
    int needed = expected == ALL ? block.liveWarps() : expected;
    if (arrived == 0 || arrived < needed) {
      return;
    }
    if (arrived > needed && expected != ALL) {
      Warp warp = waiting.isEmpty() ? block.warp(0) : waiting.getLast();
      throw warp.fault(FaultKind.BARRIER_MISUSE, 0, "more warps than barrier " + number + " expects");
    }
    for (Warp warp : waiting) {
      warp.clock().join(clock);
      warp.leaveBarrier(count, all, any);
    }
    reset();
    block.progress();
  }
}
