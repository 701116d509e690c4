package crema.ptx.machine;

/**
 * Who acts on a block's shared memory: its warps; the reads of each warp's bulk stores; the reads of each warpgroup's
 * wgmma; the reads of other blocks of its cluster; and the writes of TMA, one actor a memory barrier, so that having waited at one barrier tells nothing of
 * copies that another one counts.
 *
 * @param warps warps of the block
 */
record Actors(int warps) {
  private static final int MOST_BARRIERS = 64;

  int count() {
    return readers() + MOST_BARRIERS;
  }

  /** Actors that read; the others only write. */
  int readers() {
    return 2 * warps + (warps + 3) / 4 + 1;
  }

  int bulkReader(int warp) {
    return warps + warp;
  }

  int warpgroup(int warp) {
    return 2 * warps + warp / 4;
  }

  /** The other blocks of the cluster, whose times are phases of the cluster's barrier. */
  int peers() {
    return readers() - 1;
  }

  /** The writer for the {@code index}th memory barrier; some share one where a block has very many. */
  int barrier(int index) {
    return readers() + index % MOST_BARRIERS;
  }

  boolean isWarp(int actor) {
    return actor < warps;
  }

  String describe(int actor) {
    if (actor < warps) {
      return "warp " + actor;
    }
    if (actor < 2 * warps) {
      return "a bulk store of warp " + (actor - warps);
    }
    if (actor == peers()) {
      return "another block of the cluster";
    }
    return actor < readers() ? "a wgmma of warpgroup " + (actor - 2 * warps) : "a bulk load";
  }
}
