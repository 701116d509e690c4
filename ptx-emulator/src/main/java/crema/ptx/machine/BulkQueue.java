package crema.ptx.machine;

import crema.ptx.FaultKind;
import crema.ptx.Swizzle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * A block's bulk copies. Loads land some time after they were issued, and a memory barrier counts their bytes; stores
 * read shared memory until the lane that issued them has waited for its bulk groups.
 */
public final class BulkQueue {
  private final Block block;
  private final List<Load> loads = new ArrayList<>();
  private final int[] actorTimes;
  private final int[] waitedFor;

  /**
   * A load on its way.
   *
   * @param to where it goes in shared memory
   * @param bytes what it writes
   * @param barrier what counts its bytes
   */
  private record Load(int to, byte[] bytes, Swizzle swizzle, MemoryBarrier barrier) {}

  BulkQueue(Block block, int actors) {
    this.block = block;
    actorTimes = new int[actors];
    waitedFor = new int[actors];
  }

  void clear() {
    loads.clear();
    Arrays.fill(actorTimes, 0);
    Arrays.fill(waitedFor, 0);
  }

  boolean isEmpty() {
    return loads.isEmpty();
  }

  /** Issues a load of {@code bytes}, in chunks of 16 that {@code swizzle} spreads, to {@code to} in shared memory. */
  public void load(Warp warp, int lane, int to, byte[] bytes, Swizzle swizzle, MemoryBarrier barrier) {
    for (int i = 0; i < bytes.length; i += 16) {
      block.shared().begin(warp, lane, swizzle.apply(to + i), 16, true);
    }
    loads.add(new Load(to, bytes, swizzle, barrier));
    block.progress();
  }

  /** Lets loads land: all of them, or each with even chance. */
  void land(@Nullable SplittableRandom random) {
    var left = new ArrayList<Load>();
    for (Load load : loads) {
      if (random != null && random.nextBoolean()) {
        left.add(load);
        continue;
      }
      MemoryBarrier barrier = load.barrier;
      int time = ++actorTimes[barrier.actor];
      for (int i = 0; i < load.bytes.length; i += 16) {
        int at = load.swizzle.apply(load.to + i);
        System.arraycopy(load.bytes, i, block.shared().bytes(), at, 16);
        block.shared().land(barrier.actor, time, at, 16);
      }
      barrier.complete(load.bytes.length, time);
      block.progress();
    }
    loads.clear();
    loads.addAll(left);
  }

  /** A warp ends: it has waited for what it knows of. */
  void warpEnds(Warp warp) {
    for (int i = 0; i < waitedFor.length; i++) {
      waitedFor[i] = Math.max(waitedFor[i], warp.clock().known[i]);
    }
  }

  /** Faults if the block has ended while a load may still write its memory. */
  void checkDone(Warp last) {
    boolean pending = !loads.isEmpty();
    for (int i = block.actors().readers(); i < waitedFor.length; i++) {
      pending |= waitedFor[i] < actorTimes[i];
    }
    if (pending) {
      throw last.fault(FaultKind.MISSING_WAIT, 0,
          "the block ends without having waited for a bulk load, which may still write shared memory");
    }
  }

  /** The next time of an actor. */
  int tick(int actor) {
    return ++actorTimes[actor];
  }

  /** A warp's bulk stores: which groups each lane has closed, and up to when it knows them to have been read. */
  public static final class Stores {
    private final Warp warp;
    private final List<List<Integer>> groups = new ArrayList<>();
    private final int[] open = new int[Warp.LANES];

    Stores(Warp warp) {
      this.warp = warp;
      for (int i = 0; i < Warp.LANES; i++) {
        groups.add(new ArrayList<>());
      }
    }

    void clear() {
      groups.forEach(List::clear);
      Arrays.fill(open, 0);
    }

    /** A store begins; gives the time at which it reads. */
    public int begin(int lane) {
      open[lane] = warp.block.bulk().tick(warp.block.actors().bulkReader(warp.index));
      return open[lane];
    }

    /** Closes the groups of these lanes. */
    public void commit(int lanes) {
      for (int m = lanes; m != 0; m &= m - 1) {
        int lane = Integer.numberOfTrailingZeros(m);
        groups.get(lane).add(open[lane]);
        open[lane] = 0;
      }
    }

    /** Waits until at most {@code pending} groups of each lane have not been read. */
    public void await(int lanes, int pending) {
      for (int m = lanes; m != 0; m &= m - 1) {
        List<Integer> mine = groups.get(Integer.numberOfTrailingZeros(m));
        while (mine.size() > pending) {
          warp.clock().learn(warp.block.actors().bulkReader(warp.index), mine.removeFirst());
        }
      }
    }

    /** Faults if a lane ends while a store may still read the block's shared memory. */
    void checkDone(int lanes) {
      for (int m = lanes; m != 0; m &= m - 1) {
        int lane = Integer.numberOfTrailingZeros(m);
        if (open[lane] != 0 || groups.get(lane).stream().anyMatch(time -> time != 0)) {
          throw warp.fault(FaultKind.MISSING_WAIT, lane,
              "the thread ends while a bulk store may still read shared memory"
                  + " (no cp.async.bulk.wait_group)");
        }
      }
    }
  }
}
