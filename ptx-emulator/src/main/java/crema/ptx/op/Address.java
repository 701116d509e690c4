package crema.ptx.op;

import crema.ptx.machine.Warp;
import crema.ptx.syntax.StateSpace;

/**
 * An address of each lane: a register plus an offset.
 *
 * @param wide whether the register has 64 bits
 * @param register its number
 * @param offset bytes
 * @param space the space of the variable that it names; GENERIC if it names none
 */
record Address(boolean wide, int register, long offset, StateSpace space) {
  long at(Warp warp, int lane) {
    return (wide ? warp.d[register][lane] : warp.r[register][lane] & 0xffff_ffffL) + offset;
  }

  /** Writes the addresses of these lanes to {@code to}. */
  void all(Warp warp, int lanes, long[] to) {
    if (wide) {
      long[] base = warp.d[register];
      for (int lane = 0; lane < Warp.LANES; lane++) {
        to[lane] = base[lane] + offset;
      }
    } else {
      int[] base = warp.r[register];
      for (int lane = 0; lane < Warp.LANES; lane++) {
        to[lane] = (base[lane] & 0xffff_ffffL) + offset;
      }
    }
  }
}
