package crema.ptx.machine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A warp's cp.async: copies that have begun, in groups, and that land when their lane waits for them. */
public final class CopyQueue {
  private static final int OPEN = Integer.MAX_VALUE;

  private final Warp warp;
  private final int[] committed = new int[Warp.LANES];
  private List<Copy> copies = new ArrayList<>();

  /**
   * What an instruction copies.
   *
   * @param lanes its lanes
   * @param group the number of the group, the same in all lanes; OPEN before the commit
   * @param to where each lane's bytes go in shared memory
   * @param bytes the bytes of all lanes, {@code size} each
   */
  private record Copy(int lanes, int group, int[] to, byte[] bytes, int size) {
    Copy of(int fewerLanes, int itsGroup) {
      return new Copy(fewerLanes, itsGroup, to, bytes, size);
    }
  }

  CopyQueue(Warp warp) {
    this.warp = warp;
  }

  void clear() {
    copies.clear();
    Arrays.fill(committed, 0);
  }

  /** Begins a copy of {@code size} bytes a lane; the arrays have an entry a lane and are kept. */
  public void begin(int lanes, int[] to, byte[] bytes, int size) {
    copies.add(new Copy(lanes, OPEN, to, bytes, size));
  }

  /** Closes the group of these lanes. */
  public void commit(int lanes) {
    var next = new ArrayList<Copy>();
    for (Copy copy : copies) {
      if (copy.group != OPEN) {
        next.add(copy);
        continue;
      }
      int rest = copy.lanes & ~lanes;
      if (rest != 0) {
        next.add(copy.of(rest, OPEN));
      }
      // Lanes that diverged before may have committed different numbers of groups.
      for (int m = copy.lanes & lanes; m != 0;) {
        int group = committed[Integer.numberOfTrailingZeros(m)];
        int same = lanesWith(m, group);
        next.add(copy.of(same, group));
        m &= ~same;
      }
    }
    copies = next;
    for (int m = lanes; m != 0; m &= m - 1) {
      committed[Integer.numberOfTrailingZeros(m)]++;
    }
  }

  /** Waits until at most {@code pending} groups of each lane have not landed. */
  public void await(int lanes, int pending) {
    land(lanes, pending, false, warp.index, warp.time());
  }

  /** Waits for all copies of these lanes, committed or not. */
  public void awaitAll(int lanes) {
    land(lanes, 0, true, warp.index, warp.time());
  }

  /** All copies of these lanes land for those who wait at a memory barrier, whose actor is given. */
  void landFor(int lanes, int actor, int time) {
    land(lanes, 0, true, actor, time);
  }

  private void land(int lanes, int pending, boolean open, int actor, int time) {
    var next = new ArrayList<Copy>();
    for (Copy copy : copies) {
      int landing = 0;
      for (int m = copy.lanes & lanes; m != 0; m &= m - 1) {
        int lane = Integer.numberOfTrailingZeros(m);
        boolean waited = copy.group == OPEN ? open : copy.group < committed[lane] - pending;
        if (waited) {
          landing |= 1 << lane;
          System.arraycopy(copy.bytes, lane * copy.size, warp.block.shared().bytes(), copy.to[lane], copy.size);
          warp.block.shared().land(actor, time, copy.to[lane], copy.size);
        }
      }
      if (landing != copy.lanes) {
        next.add(landing == 0 ? copy : copy.of(copy.lanes & ~landing, copy.group));
      }
    }
    copies = next;
  }

  private int lanesWith(int lanes, int group) {
    int same = 0;
    for (int m = lanes; m != 0; m &= m - 1) {
      int lane = Integer.numberOfTrailingZeros(m);
      if (committed[lane] == group) {
        same |= 1 << lane;
      }
    }
    return same;
  }
}
