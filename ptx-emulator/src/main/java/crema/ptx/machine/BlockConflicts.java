package crema.ptx.machine;

import crema.ptx.Dim3;
import crema.ptx.FaultKind;
import crema.ptx.PtxFault;
import java.util.HashMap;
import java.util.Map;

/**
 * Compares what blocks did to global memory. Blocks run in any order, so a word that one block writes and another one
 * touches makes the result depend on luck; only atomics may meet. Blocks come in the order in which they were started,
 * so that the same fault is found however many threads run them.
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
    final int[] writer = new int[AccessPage.WORDS];
    final int[] reader = new int[AccessPage.WORDS];
    final int[] writePlace = new int[AccessPage.WORDS];
    final int[] readPlace = new int[AccessPage.WORDS];

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
          throw conflict(block, page, i, true, all.writer[i], "wrote", all.writePlace[i]);
        }
        if (((written | atomic) & all.read[i]) != 0) {
          throw conflict(block, page, i, true, all.reader[i], "read", all.readPlace[i]);
        }
        if ((read & (all.written[i] | all.atomic[i])) != 0) {
          throw conflict(block, page, i, false, all.writer[i], "wrote", all.writePlace[i]);
        }
        if ((written | atomic) != 0) {
          all.writer[i] = (int) block;
          all.writePlace[i] = page.writePlace[i];
        }
        if (read != 0) {
          all.reader[i] = (int) block;
          all.readPlace[i] = page.readPlace[i];
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
      for (int i = 0; i < AccessPage.WORDS; ) {
        int from = i;
        while (i < AccessPage.WORDS && (page.written[i] | page.atomic[i]) == 15) {
          i++;
        }
        if (i > from) {
          page.allocation.markWritten(page.from + from * 4, (i - from) * 4);
          continue;
        }
        for (int b = 0; b < 4; b++) {
          if (((page.written[i] | page.atomic[i]) >> b & 1) != 0) {
            page.allocation.markWritten(page.from + i * 4 + b, 1);
          }
        }
        i++;
      }
    }
  }

  private PtxFault conflict(long block, AccessPage page, int i, boolean writes, long other, String did,
      int otherPlace) {
    int place = writes ? page.writePlace[i] : page.readPlace[i];
    int thread = AccessPage.threadOf(place, writes ? page.writeEpoch[i] : page.readEpoch[i]);
    Program.Line line = program.lines().get(AccessPage.pcOf(place));
    return new PtxFault(
        FaultKind.BLOCK_CONFLICT,
        program.name(),
        grid.at(block),
        threads.at(thread),
        line.position(),
        line.text(),
        (writes ? "writes" : "reads") + " byte " + (page.from + i * 4) + " of " + page.allocation.name()
            + ", which block "
            + grid.at(other) + " " + did + " at " + program.lines().get(AccessPage.pcOf(otherPlace)).position());
  }
}
