package crema.ptx.machine;

/**
 * The groups of a warp's lanes that do not run now: each at an instruction of its own, able to go on or waiting for
 * other lanes.
 */
final class LaneGroups {
  private final int[] pcs = new int[Warp.LANES];
  private final int[] lanes = new int[Warp.LANES];
  private final boolean[] waits = new boolean[Warp.LANES];
  private int count;
  private int waiting;
  private int least;

  LaneGroups() {
    clear();
  }

  void clear() {
    count = 0;
    waiting = 0;
    least = Integer.MAX_VALUE;
  }

  int count() {
    return count;
  }

  /** How many groups wait for other lanes. */
  int waiting() {
    return waiting;
  }

  /** The least instruction of those that can go on. */
  int least() {
    return least;
  }

  int pc(int i) {
    return pcs[i];
  }

  int lanes(int i) {
    return lanes[i];
  }

  boolean waits(int i) {
    return waits[i];
  }

  /** Adds lanes; those at the same instruction become one group. */
  void add(int pc, int more, boolean waitsForOthers) {
    for (int i = 0; i < count; i++) {
      if (pcs[i] == pc && waits[i] == waitsForOthers) {
        lanes[i] |= more;
        return;
      }
    }
    pcs[count] = pc;
    lanes[count] = more;
    waits[count++] = waitsForOthers;
    update();
  }

  /** Takes away all lanes at an instruction. */
  int takeAt(int pc) {
    int taken = 0;
    for (int i = 0; i < count;) {
      if (pcs[i] == pc) {
        taken |= lanes[i];
        remove(i);
      } else {
        i++;
      }
    }
    return taken;
  }

  private void remove(int i) {
    count--;
    pcs[i] = pcs[count];
    lanes[i] = lanes[count];
    waits[i] = waits[count];
    update();
  }

  private void update() {
    least = Integer.MAX_VALUE;
    waiting = 0;
    for (int i = 0; i < count; i++) {
      if (waits[i]) {
        waiting++;
      } else {
        least = Math.min(least, pcs[i]);
      }
    }
  }

}
