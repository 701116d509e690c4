package crema.ptx.op;

import crema.ptx.FaultKind;
import crema.ptx.machine.Collective;
import crema.ptx.machine.Warp;

/**
 * An instruction that a warp executes with all of its 32 lanes, as those of the tensor cores ({@code .sync.aligned}).
 */
abstract class WholeWarp extends Collective {
  @Override
  public final int members(Warp w, int lanes) {
    return Warp.ALL;
  }

  @Override
  public final void execute(Warp w, int lanes) {
    if (lanes != Warp.ALL) {
      throw w.fault(FaultKind.DIVERGENCE, Integer.numberOfTrailingZeros(lanes),
          "an instruction of a whole warp, executed by lanes 0x" + Integer.toHexString(lanes));
    }
    execute(w);
  }

  /** Does it, with all lanes. */
  abstract void execute(Warp w);
}
