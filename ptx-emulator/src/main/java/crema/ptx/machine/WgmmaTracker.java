package crema.ptx.machine;

import crema.ptx.FaultKind;
import java.util.Arrays;

/**
 * A warp's wgmma: which groups are under way, and which registers they may still read or write. The results are in the
 * registers at once, but until {@code wgmma.wait_group} only {@code mov}, which ptxas makes a renaming, may touch them.
 */
public final class WgmmaTracker {
  private final Warp warp;
  private int[] writing = new int[0];
  private int[] reading = new int[0];
  private int committed;
  private int completed;
  private boolean open;
  private boolean fenced;

  WgmmaTracker(Warp warp, int registers, boolean used) {
    this.warp = warp;
    if (used) {
      writing = new int[registers];
      reading = new int[registers];
    }
  }

  void clear() {
    Arrays.fill(writing, 0);
    Arrays.fill(reading, 0);
    committed = 0;
    completed = 0;
    open = false;
    fenced = false;
  }

  /** Whether any register may still be read or written. */
  boolean busy() {
    return open || completed < committed;
  }

  /** Number of the group that is not yet committed, from 1. */
  public int openGroup() {
    return committed + 1;
  }

  int committed() {
    return committed;
  }

  /** An operand of a wgmma was written: the next one needs a fence first. */
  void operandWritten() {
    fenced = false;
  }

  /** {@code wgmma.fence}. */
  public void fence() {
    fenced = true;
  }

  /** A wgmma begins: it writes the accumulators and reads the registers of the first factor. */
  public void begin(int[] accumulators, int[] factors) {
    if (!fenced) {
      throw warp.fault(FaultKind.MISSING_WGMMA_FENCE, 0,
          "a wgmma whose registers were written since the last wgmma.fence");
    }
    for (int register : factors) {
      if (writing[register] > completed) {
        throw warp.fault(FaultKind.MISSING_WAIT, 0, "a wgmma reads a register that an earlier one may still write");
      }
      reading[register] = openGroup();
    }
    for (int register : accumulators) {
      writing[register] = openGroup();
    }
    open = true;
  }

  /** {@code wgmma.commit_group}. */
  public void commit() {
    committed++;
    open = false;
    warp.block.progress();
  }

  /** Whether all warps of the warpgroup have come as far as this one must wait for. */
  public boolean complete(int pending) {
    int first = warp.index & -4;
    for (int i = first; i < Math.min(first + 4, warp.block.warps()); i++) {
      if (warp.block.warp(i).wgmma().committed < committed - pending) {
        return false;
      }
    }
    return true;
  }

  /** {@code wgmma.wait_group}: at most {@code pending} groups are under way from here on. */
  public void await(int pending) {
    completed = Math.max(completed, committed - pending);
    warp.clock().learn(warp.block.actors().warpgroup(warp.index), completed);
  }

  /** Checks an ordinary instruction against what is under way. */
  void check(Program.Line line) {
    boolean moves = line.opcode().startsWith("mov.") && line.reads().length == 1 && line.writes().length == 1;
    if (moves && writing[line.reads()[0]] > completed) {
      writing[line.writes()[0]] = writing[line.reads()[0]];
      return;
    }
    for (int register : line.reads()) {
      if (writing[register] > completed) {
        throw warp.fault(FaultKind.MISSING_WAIT, 0,
            "reads an accumulator that a wgmma may still write (no wgmma.wait_group)");
      }
    }
    for (int register : line.writes()) {
      if (writing[register] > completed || reading[register] > completed) {
        throw warp.fault(FaultKind.MISSING_WAIT, 0,
            "writes a register that a wgmma may still use (no wgmma.wait_group)");
      }
    }
  }
}
