package crema.ptx.machine;

import crema.ptx.FaultKind;
import crema.ptx.LaunchConfig;
import java.util.ArrayList;
import java.util.List;

/**
 * Blocks that run at the same time, have a barrier of their own and read each other's shared memory: usually one. A worker
 * runs many clusters of a launch with the same object, one after the other.
 *
 * <p>What a block's warps have done when they arrive at the barrier, the others know when they have waited there; and those
 * that wait know that what others read in the phase before is read.
 */
public final class Cluster {
  private static final int IDLE_ROUNDS = 3;
  /** An address in the shared memory of the cluster: the rank of a block plus one, then the address there. */
  private static final int RANK_SHIFT = 24;

  private final List<Block> blocks = new ArrayList<>();
  private final List<VectorClock> arriving = new ArrayList<>();
  private final List<VectorClock> known = new ArrayList<>();
  private int arrived;
  private int phase;

  Cluster(Program program, LaunchConfig launch, byte[] parameters, DeviceMemory memory, Tally tally) {
    for (int i = 0; i < launch.clusterSize(); i++) {
      var block = new Block(program, launch, parameters, memory, tally, this, i);
      blocks.add(block);
      arriving.add(new VectorClock(block.actors().count()));
      known.add(new VectorClock(block.actors().count()));
    }
  }

  /** Runs the blocks from that index on; gives what each did to global memory. */
  List<GlobalAccess> run(long first) {
    arrived = 0;
    phase = 0;
    arriving.forEach(VectorClock::clear);
    known.forEach(VectorClock::clear);
    for (int i = 0; i < blocks.size(); i++) {
      blocks.get(i).begin(first + i);
    }
    int idle = 0;
    while (liveWarps() > 0) {
      boolean busy = false;
      for (Block block : blocks) {
        if (block.liveWarps() > 0) {
          busy |= block.turn();
        }
      }
      idle = busy ? 0 : idle + 1;
      if (idle == IDLE_ROUNDS) {
        throw blocks.stream().filter(block -> block.liveWarps() > 0).findFirst().orElseThrow().deadlock();
      }
    }
    return blocks.stream().map(Block::global).toList();
  }

  private int liveWarps() {
    return blocks.stream().mapToInt(Block::liveWarps).sum();
  }

  /** The phase of its barrier, from 0. */
  int phase() {
    return phase;
  }

  /** A warp arrives at the barrier; gives the phase. */
  int arrive(Warp warp) {
    arriving.get(warp.block.rank()).join(warp.clock());
    warp.tick();
    arrived++;
    int now = phase;
    releaseIfComplete();
    return now;
  }

  /** Ends the phase if all warps that have not ended have arrived. */
  void releaseIfComplete() {
    if (arrived == 0 || arrived < liveWarps()) {
      return;
    }
    arrived = 0;
    phase++;
    for (int i = 0; i < blocks.size(); i++) {
      known.get(i).join(arriving.get(i));
      blocks.get(i).progress();
    }
  }

  /** A warp has waited: it knows what its block's warps did before they arrived, and that peers have read until then. */
  void leave(Warp warp) {
    warp.clock().join(known.get(warp.block.rank()));
    warp.clock().learn(warp.block.actors().peers(), phase);
  }

  /** The address by which the cluster knows a byte of the shared memory of one of its blocks. */
  public int map(Warp warp, int lane, int address, int rank) {
    if (rank < 0 || rank >= blocks.size()) {
      throw warp.fault(FaultKind.BAD_OPERAND, lane, "block " + rank + " of a cluster of " + blocks.size());
    }
    return rank + 1 << RANK_SHIFT | offset(address);
  }

  /** The block whose memory an address of the cluster is in; addresses of a block are its own. */
  public static Block owner(Warp warp, int address) {
    int rank = address >>> RANK_SHIFT;
    return rank == 0 ? warp.block : warp.block.cluster().blocks.get(rank - 1);
  }

  /** The address in the memory of the {@link #owner}. */
  public static int offset(int address) {
    return address & (1 << RANK_SHIFT) - 1;
  }

  /** A load by a lane from a block's memory; a peer must have made known what it wrote, and must not have ended. */
  public void read(Warp warp, int lane, Block owner, int at, int size) {
    if (owner == warp.block) {
      owner.shared().read(warp, lane, at, size);
      return;
    }
    if (owner.liveWarps() == 0) {
      throw warp.fault(FaultKind.RACE, lane,
          "reads the shared memory of block " + owner.id() + " of its cluster, which has ended");
    }
    // Reads count for the phase that ends after them: whoever has waited for its end may write.
    owner.shared().readByPeer(warp, lane, known.get(owner.rank()), phase + 1, at, size);
  }
}
