package crema.ptx.machine;

import crema.ptx.Dim3;
import crema.ptx.FaultKind;
import crema.ptx.PtxFault;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Compares what blocks did to global memory. Blocks run in any order, so a word that one block writes and another one
 * touches makes the result depend on luck; only atomics may meet. Blocks come in the order in which they were started,
 * so that the same fault is found however many threads run them.
 */
final class BlockConflicts {
  private final Program program;
  private final Dim3 grid;
  private final Dim3 threads;
  private final Map<Long, Page> pages = new HashMap<>();

  /** What all blocks so far did to a page. */
  private static final class Page {
    final Allocation allocation;
    final int from;
    final Marks loads = new Marks();
    final Marks stores = new Marks();
    final Marks atomics = new Marks();

    Page(AccessPage page) {
      allocation = page.allocation;
      from = page.from;
    }
  }

  /**
   * Accesses of one kind. Most pages are touched by one block alone, whose own marks are taken over; of several blocks
   * that touched a word, the last is remembered.
   */
  private static final class Marks {
    byte[] bytes = AccessMarks.NONE.bytes;
    int[] place = AccessMarks.NONE.place;
    int block;
    int @Nullable [] blocks;

    void add(AccessMarks more, int itsBlock) {
      if (more == AccessMarks.NONE) {
        return;
      }
      if (bytes == AccessMarks.NONE.bytes) {
        bytes = more.bytes;
        place = more.place;
        block = itsBlock;
        return;
      }
      int[] owners = blocks;
      if (owners == null) {
        owners = new int[AccessPage.WORDS];
        Arrays.fill(owners, block);
        blocks = owners;
      }
      for (int i = 0; i < AccessPage.WORDS; i++) {
        if (more.bytes[i] != 0) {
          bytes[i] |= more.bytes[i];
          place[i] = more.place[i];
          owners[i] = itsBlock;
        }
      }
    }

    int blockOf(int i) {
      return blocks == null ? block : blocks[i];
    }
  }

  BlockConflicts(Program program, Dim3 grid, Dim3 threads) {
    this.program = program;
    this.grid = grid;
    this.threads = threads;
  }

  /** Adds the block of that index; faults at the first word that it and an earlier one may not share. */
  void add(long block, GlobalAccess access) {
    for (AccessPage mine : access.pages()) {
      Page all = pages.computeIfAbsent(mine.allocation.address() + mine.from, key -> new Page(mine));
      check(block, mine, mine.stores, all.stores, all);
      check(block, mine, mine.stores, all.atomics, all);
      check(block, mine, mine.stores, all.loads, all);
      check(block, mine, mine.atomics, all.stores, all);
      check(block, mine, mine.atomics, all.loads, all);
      check(block, mine, mine.loads, all.stores, all);
      check(block, mine, mine.loads, all.atomics, all);
      all.loads.add(mine.loads, (int) block);
      all.stores.add(mine.stores, (int) block);
      all.atomics.add(mine.atomics, (int) block);
    }
  }

  /** Faults where both have marks. What a block has stored itself, it may load. */
  private void check(long block, AccessPage page, AccessMarks mine, Marks others, Page all) {
    byte[] a = mine.bytes;
    byte[] b = others.bytes;
    if (a == AccessMarks.NONE.bytes || b == AccessMarks.NONE.bytes) {
      return;
    }
    byte[] own = mine == page.loads ? page.stores.bytes : AccessMarks.NONE.bytes;
    int any = 0;
    for (int i = 0; i < AccessPage.WORDS; i++) {
      any |= a[i] & b[i] & ~own[i];
    }
    for (int i = 0; any != 0 && i < AccessPage.WORDS; i++) {
      if ((a[i] & b[i] & ~own[i]) != 0) {
        Program.Line line = program.lines().get(AccessMarks.pcOf(mine.place[i]));
        Program.Line other = program.lines().get(AccessMarks.pcOf(others.place[i]));
        throw new PtxFault(
            FaultKind.BLOCK_CONFLICT,
            program.name(),
            grid.at(block),
            threads.at(mine.thread(i)),
            line.position(),
            line.text(),
            (mine == page.loads ? "reads" : "writes") + " byte " + (page.from + i * 4) + " of " + page.allocation.name()
                + ", which block " + grid.at(others.blockOf(i)) + (others == all.loads ? " read" : " wrote") + " at "
                + other.position());
      }
    }
  }

  /** Marks in the allocations what the launch has written. */
  void publish() {
    for (Page page : pages.values()) {
      publish(page, page.stores.bytes);
      publish(page, page.atomics.bytes);
    }
  }

  private static void publish(Page page, byte[] written) {
    if (written == AccessMarks.NONE.bytes) {
      return;
    }
    for (int i = 0; i < AccessPage.WORDS;) {
      int from = i;
      while (i < AccessPage.WORDS && written[i] == 15) {
        i++;
      }
      if (i > from) {
        page.allocation.markWritten(page.from + from * 4, (i - from) * 4);
        continue;
      }
      for (int b = 0; b < 4; b++) {
        if ((written[i] >> b & 1) != 0) {
          page.allocation.markWritten(page.from + i * 4 + b, 1);
        }
      }
      i++;
    }
  }
}
