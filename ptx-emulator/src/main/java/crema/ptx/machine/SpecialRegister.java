package crema.ptx.machine;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Registers that tell a thread where it is; {@code TID_X} is written {@code %tid.x}. */
public enum SpecialRegister {
  /** The thread's index in its block. */
  TID_X,
  /** The thread's index in its block. */
  TID_Y,
  /** The thread's index in its block. */
  TID_Z,
  /** Threads in a block. */
  NTID_X,
  /** Threads in a block. */
  NTID_Y,
  /** Threads in a block. */
  NTID_Z,
  /** The block's index in the grid. */
  CTAID_X,
  /** The block's index in the grid. */
  CTAID_Y,
  /** The block's index in the grid. */
  CTAID_Z,
  /** Blocks in the grid. */
  NCTAID_X,
  /** Blocks in the grid. */
  NCTAID_Y,
  /** Blocks in the grid. */
  NCTAID_Z,
  /** The lane in its warp. */
  LANEID,
  /** The warp in its block. */
  WARPID,
  /** Warps in a block. */
  NWARPID,
  /** The bit of this lane. */
  LANEMASK_EQ,
  /** The bits of lanes up to this. */
  LANEMASK_LE,
  /** The bits of lanes before this. */
  LANEMASK_LT,
  /** The bits of lanes from this. */
  LANEMASK_GE,
  /** The bits of lanes after this. */
  LANEMASK_GT,
  /** Bytes of dynamic shared memory. */
  DYNAMIC_SMEM_SIZE,
  /** Bytes of all shared memory. */
  TOTAL_SMEM_SIZE,
  /** The block's index in its cluster. */
  CLUSTER_CTARANK,
  /** Blocks in the cluster. */
  CLUSTER_NCTARANK;

  /** The register of this name, or null if there is none. */
  public static @Nullable SpecialRegister of(String name) {
    for (SpecialRegister register : values()) {
      String own = register.name().toLowerCase(Locale.ROOT);
      boolean indexed = own.endsWith("_x") || own.endsWith("_y") || own.endsWith("_z");
      String written = indexed ? own.substring(0, own.length() - 2) + "." + own.charAt(own.length() - 1) : own;
      if (name.equals("%" + written)) {
        return register;
      }
    }
    return null;
  }

  /** Its value in a lane. */
  int value(Warp warp, int lane) {
    Block block = warp.block;
    var id = block.id();
    var threads = block.launch().block();
    var grid = block.launch().grid();
    int thread = warp.index * Warp.LANES + lane;
    int below = (1 << lane) - 1;
    return switch (this) {
      case TID_X -> thread % threads.x();
      case TID_Y -> thread / threads.x() % threads.y();
      case TID_Z -> thread / threads.x() / threads.y();
      case NTID_X -> threads.x();
      case NTID_Y -> threads.y();
      case NTID_Z -> threads.z();
      case CTAID_X -> id.x();
      case CTAID_Y -> id.y();
      case CTAID_Z -> id.z();
      case NCTAID_X -> grid.x();
      case NCTAID_Y -> grid.y();
      case NCTAID_Z -> grid.z();
      case LANEID -> lane;
      case WARPID -> warp.index;
      case NWARPID -> block.warps();
      case LANEMASK_EQ -> 1 << lane;
      case LANEMASK_LE -> below | 1 << lane;
      case LANEMASK_LT -> below;
      case LANEMASK_GE -> ~below;
      case LANEMASK_GT -> ~below & ~(1 << lane);
      case DYNAMIC_SMEM_SIZE -> block.launch().dynamicSharedBytes();
      case TOTAL_SMEM_SIZE -> block.shared().size();
      case CLUSTER_CTARANK -> block.rank();
      case CLUSTER_NCTARANK -> block.launch().clusterSize();
    };
  }
}
