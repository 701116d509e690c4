package crema.ptx.machine;

import crema.ptx.FaultKind;
import crema.ptx.PtxFault;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A block's view of global memory: checks every access, and remembers it for {@link BlockConflicts}. Within the block,
 * a store is checked against the last load and the last store of each word, a load against the last store.
 */
public final class GlobalAccess {
  private static final int CACHED = 64;

  private final DeviceMemory memory;
  private final LinkedHashMap<Long, AccessPage> pages = new LinkedHashMap<>();
  private final @Nullable AccessPage[] cache = new @Nullable AccessPage[CACHED];

  GlobalAccess(DeviceMemory memory) {
    this.memory = memory;
  }

  /** What the block did, page by page, in the order in which it first touched them. */
  Collection<AccessPage> pages() {
    return pages.values();
  }

  /**
   * The allocation that holds {@code size} bytes at an address; faults if none does, or if the address is misaligned.
   */
  public Allocation locate(Warp warp, int lane, long address, int size, boolean store) {
    Allocation allocation = memory.at(address);
    if (allocation == null) {
      FaultKind kind = memory.wasFreed(address) ? FaultKind.USE_AFTER_FREE : FaultKind.OUT_OF_BOUNDS;
      throw warp.fault(kind, lane, access(size, store) + memory.describe(address));
    }
    if (Addresses.offset(address) + size > allocation.size()) {
      throw warp.fault(FaultKind.OUT_OF_BOUNDS, lane, access(size, store) + memory.describe(address));
    }
    if ((address & (size - 1)) != 0) {
      throw warp.fault(FaultKind.MISALIGNED, lane, access(size, store) + memory.describe(address));
    }
    if (store && allocation.readOnly()) {
      throw warp.fault(FaultKind.READ_ONLY, lane, access(size, true) + memory.describe(address));
    }
    return allocation;
  }

  private static String access(int size, boolean store) {
    return (store ? "a store of " : "a load of ") + size + " bytes at ";
  }

  /**
   * Notes loads of {@code size} bytes that {@link #locate} has found, by a lane and those after it.
   *
   * @param perLane bytes of a lane
   */
  public void read(Warp warp, int lane, Allocation allocation, int offset, int size, int perLane) {
    for (int at = offset, end = offset + size; at < end;) {
      AccessPage page = page(allocation, at);
      int stop = Math.min(end, page.from + AccessPage.BYTES);
      int first = index(at);
      int last = first + (stop - at >> 2);
      boolean whole = ((at | stop) & 3) == 0;
      if (whole && allocation.isWrittenWords(at, stop) && page.stores.untouched(first, last)) {
        noteWords(page.noteLoads(), warp, lane, first, last, at - offset, perLane);
      } else {
        for (int word = at & -4; word < stop; word += 4) {
          readWord(warp, lane(lane, word, offset, perLane), page, word, mask(word, at, stop));
        }
      }
      at = stop;
    }
  }

  /** Notes stores to bytes that {@link #locate} has found, by a lane and those after it. */
  public void write(Warp warp, int lane, Allocation allocation, int offset, int size, int perLane) {
    for (int at = offset, end = offset + size; at < end;) {
      AccessPage page = page(allocation, at);
      int stop = Math.min(end, page.from + AccessPage.BYTES);
      int first = index(at);
      int last = first + (stop - at >> 2);
      boolean whole = ((at | stop) & 3) == 0;
      if (whole && page.stores.untouched(first, last) && page.loads.untouched(first, last)) {
        noteWords(page.noteStores(), warp, lane, first, last, at - offset, perLane);
      } else {
        for (int word = at & -4; word < stop; word += 4) {
          writeWord(warp, lane(lane, word, offset, perLane), page, word, mask(word, at, stop));
        }
      }
      at = stop;
    }
  }

  /** Notes atomic accesses, or ones that are ordered otherwise ({@code .volatile}, {@code .relaxed} and the like). */
  public void atomic(Warp warp, int lane, Allocation allocation, int offset, int size, boolean reads) {
    for (int word = offset & -4, end = offset + size; word < end; word += 4) {
      int mask = mask(word, offset, end);
      AccessPage page = page(allocation, word);
      if (reads && (page.written(word) & mask) != mask) {
        throw unwritten(warp, lane, page, word, mask & ~page.written(word));
      }
      page.noteAtomics().note(index(word), mask, warp.epoch(), AccessMarks.place(warp.pc(), lane));
    }
  }

  private static int index(int offset) {
    return offset >> 2 & AccessPage.WORDS - 1;
  }

  private static int lane(int first, int at, int offset, int perLane) {
    return first + Math.max(at - offset, 0) / perLane;
  }

  private static int mask(int word, int from, int end) {
    int low = Math.max(from - word, 0);
    int high = Math.min(end - word, 4);
    return (1 << high) - (1 << low);
  }

  /** Notes accesses to whole words for which nothing has to be checked. */
  private static void noteWords(
      AccessMarks marks, Warp warp, int lane, int from, int to, int skipped, int perLane) {
    Arrays.fill(marks.bytes, from, to, (byte) 15);
    Arrays.fill(marks.last, from, to, (byte) 15);
    Arrays.fill(marks.epoch, from, to, warp.epoch());
    int[] places = marks.place;
    int place = AccessMarks.place(warp.pc(), lane + skipped / perLane);
    if (perLane == 4) {
      for (int i = from; i < to; i++) {
        places[i] = place + i - from;
      }
    } else {
      for (int i = from; i < to; i++) {
        places[i] = AccessMarks.place(warp.pc(), lane + (skipped + (i - from) * 4) / perLane);
      }
    }
  }

  private static void readWord(Warp warp, int lane, AccessPage page, int word, int mask) {
    int i = index(word);
    int written = page.written(word);
    if ((written & mask) != mask) {
      throw unwritten(warp, lane, page, word, mask & ~written);
    }
    ordered(warp, lane, page, page.stores, i, mask, "reads");
    page.noteLoads().note(i, mask, warp.epoch(), AccessMarks.place(warp.pc(), lane));
  }

  private static void writeWord(Warp warp, int lane, AccessPage page, int word, int mask) {
    int i = index(word);
    ordered(warp, lane, page, page.stores, i, mask, "writes");
    ordered(warp, lane, page, page.loads, i, mask, "writes");
    page.noteStores().note(i, mask, warp.epoch(), AccessMarks.place(warp.pc(), lane));
  }

  private static PtxFault unwritten(Warp warp, int lane, AccessPage page, int word, int missing) {
    return warp.fault(FaultKind.UNWRITTEN_READ, lane, "nothing has written byte "
        + (word + Integer.numberOfTrailingZeros(missing)) + " of " + page.allocation.name());
  }

  /** Faults if the last access to these bytes is by another warp, and not known to this one. */
  private static void ordered(Warp warp, int lane, AccessPage page, AccessMarks marks, int i, int mask, String does) {
    int other = Warp.warpOf(marks.epoch[i]);
    if ((marks.last[i] & mask) != 0
        && other != warp.index
        && warp.clock().known[other] < Warp.timeOf(marks.epoch[i])) {
      throw warp.fault(FaultKind.RACE, lane, does + " byte " + (page.from + i * 4) + " of " + page.allocation.name()
          + ", which warp " + other + (marks == page.stores ? " wrote" : " read") + " at "
          + warp.place(AccessMarks.pcOf(marks.place[i])) + " with no barrier between");
    }
  }

  private AccessPage page(Allocation allocation, int offset) {
    int from = offset & -AccessPage.BYTES;
    int slot = (offset / AccessPage.BYTES + allocation.number() * 7) & CACHED - 1;
    AccessPage page = cache[slot];
    if (page == null || page.from != from || page.allocation != allocation) {
      page = pages.computeIfAbsent(allocation.address() + from, key -> new AccessPage(allocation, from));
      cache[slot] = page;
    }
    return page;
  }
}
