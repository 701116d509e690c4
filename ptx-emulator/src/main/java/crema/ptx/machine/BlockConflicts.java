package crema.ptx.machine;

import crema.ptx.Dim3;
import crema.ptx.FaultKind;
import crema.ptx.PtxFault;
import java.util.HashMap;
import java.util.Map;

/**
 * Compares what blocks did to global memory. Blocks run in any order, so a word that one block writes and another one touches makes the
 * result depend on luck; only atomics may meet. Blocks come in the order in which they were started, so that the same fault is found
 * however many threads run them.
 */
final class BlockConflicts {
  private final Program program;
  private final Dim3 grid;
  private final Dim3 threads;
  private final Map<Long, Merged> pages = new HashMap<>();

  /** What all blocks so far did to a page; of several blocks that wrote a word, the last is remembered. */
  private static final class Merged {
    final Allocation allocation;
    final int from;
    final byte[] written = new byte[AccessPage.WORDS];
    final byte[] read = new byte[AccessPage.WORDS];
    final byte[] atomic = new byte[AccessPage.WORDS];
    final long[] writer = new long[AccessPage.WORDS];
    final long[] reader = new long[AccessPage.WORDS];
    final int[] writePc = new int[AccessPage.WORDS];
    final int[] readPc = new int[AccessPage.WORDS];

    Merged(AccessPage page) {
      allocation = page.allocation;
      from = page.from;
    }
  }

  BlockConflicts(Program program, Dim3 grid, Dim3 threads) {
    this.program = program;
    this.grid = grid;
    this.threads = threads;
  }

  /** Adds the block of that index; faults at the first word that it and an earlier one may not share. */
  void add(long block, GlobalAccess access) {
    for (AccessPage page : access.pages()) {
      Merged all = pages.computeIfAbsent(page.allocation.address() + page.from, key -> new Merged(page));
      for (int i = 0; i < AccessPage.WORDS; i++) {
        int written = page.written[i];
        int atomic = page.atomic[i];
        int read = page.read[i] & ~written;
        if ((written | atomic | read) == 0) {
          continue;
        }
        if ((written & (all.written[i] | all.atomic[i]) | atomic & all.written[i]) != 0) {
          throw conflict(block, page, i, true, all.writer[i], "wrote", all.writePc[i]);
        }
        if (((written | atomic) & all.read[i]) != 0) {
          throw conflict(block, page, i, true, all.reader[i], "read", all.readPc[i]);
        }
        if ((read & (all.written[i] | all.atomic[i])) != 0) {
          throw conflict(block, page, i, false, all.writer[i], "wrote", all.writePc[i]);
        }
        if ((written | atomic) != 0) {
          all.writer[i] = block;
          all.writePc[i] = page.writePc[i];
        }
        if (read != 0) {
          all.reader[i] = block;
          all.readPc[i] = page.readPc[i];
        }
        all.written[i] |= (byte) written;
        all.atomic[i] |= (byte) atomic;
        all.read[i] |= (byte) read;
      }
    }
  }

  /** Marks in the allocations what the launch has written. */
  void publish() {
    for (Merged page : pages.values()) {
      for (int i = 0; i < AccessPage.WORDS; i++) {
        int written = page.written[i] | page.atomic[i];
        if (written == 15) {
          page.allocation.markWritten(page.from + i * 4, 4);
        } else if (written != 0) {
          for (int b = 0; b < 4; b++) {
            if ((written >> b & 1) != 0) {
              page.allocation.markWritten(page.from + i * 4 + b, 1);
            }
          }
        }
      }
    }
  }

  private PtxFault conflict(long block, AccessPage page, int i, boolean writes, long other, String did, int otherPc) {
    int pc = (writes ? page.writePc[i] : page.readPc[i]) - 1;
    int thread = writes ? page.writeThread[i] : page.readThread[i];
    Program.Line line = program.lines().get(pc);
    return new PtxFault(
        FaultKind.BLOCK_CONFLICT,
        program.name(),
        grid.at(block),
        threads.at(thread),
        line.position(),
        line.text(),
        (writes ? "writes" : "reads") + " byte " + (page.from + i * 4) + " of " + page.allocation.name() + ", which block "
            + grid.at(other) + " " + did + " at " + program.lines().get(otherPc - 1).position());
  }
}
