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
    for (int at = offset, end = offset + size; at < end; ) {
      AccessPage page = page(allocation, at);
      int stop = Math.min(end, page.from + AccessPage.BYTES);
      if (((at | stop) & 3) == 0 && allocation.isWrittenWords(at, stop) && plain(page.lastWritten, at, stop)) {
        readWords(warp, lane, page, at, stop, offset, perLane);
      } else {
        for (int word = at & -4; word < stop; word += 4) {
          readWord(warp, lane(lane, word, offset, perLane), page, word, mask(word, at, stop));
        }
      }
      at = stop;
    }
  }

  private static int lane(int first, int at, int offset, int perLane) {
    return first + Math.max(at - offset, 0) / perLane;
  }

  /** Whether nothing is marked of the words from {@code at} to {@code stop}. */
  private static boolean plain(byte[] marks, int at, int stop) {
    int any = 0;
    for (int i = index(at), n = index(at) + (stop - at >> 2); i < n; i++) {
      any |= marks[i];
    }
    return any == 0;
  }

  private static int index(int offset) {
    return offset >> 2 & AccessPage.WORDS - 1;
  }

  /** Whole words, written before the launch, that the block has not stored to. */
  private static void readWords(Warp warp, int lane, AccessPage page, int at, int stop, int offset, int perLane) {
    int from = index(at);
    int to = from + (stop - at >> 2);
    Arrays.fill(page.read, from, to, (byte) 15);
    Arrays.fill(page.lastRead, from, to, (byte) 15);
    Arrays.fill(page.readEpoch, from, to, warp.epoch());
    places(page.readPlace, warp.pc(), lane, from, to, at - offset, perLane);
  }

  private static void places(int[] places, int pc, int lane, int from, int to, int skipped, int perLane) {
    int place = AccessPage.place(pc, lane + skipped / perLane);
    if (perLane == 4) {
      for (int i = from; i < to; i++) {
        places[i] = place + i - from;
      }
    } else {
      for (int i = from; i < to; i++) {
        places[i] = AccessPage.place(pc, lane + (skipped + (i - from) * 4) / perLane);
      }
    }
  }

  private static void readWord(Warp warp, int lane, AccessPage page, int word, int mask) {
    int i = index(word);
    int written = page.allocation.writtenOfWord(word) | page.written[i] | page.atomic[i];
    if ((written & mask) != mask) {
      throw unwritten(warp, lane, page, word, mask & ~written);
    }
    if ((page.lastWritten[i] & mask) != 0) {
      ordered(warp, lane, page, i, page.writeEpoch[i], page.writePlace[i], "wrote", "reads");
    }
    page.read[i] |= (byte) mask;
    int epoch = warp.epoch();
    page.lastRead[i] = (byte) (page.readEpoch[i] == epoch ? page.lastRead[i] | mask : mask);
    page.readEpoch[i] = epoch;
    page.readPlace[i] = AccessPage.place(warp.pc(), lane);
  }

  private static PtxFault unwritten(Warp warp, int lane, AccessPage page, int word, int missing) {
    return warp.fault(FaultKind.UNWRITTEN_READ, lane,
        "nothing has written byte " + (word + Integer.numberOfTrailingZeros(missing)) + " of "
            + page.allocation.name());
  }

  /** Notes stores to bytes that {@link #locate} has found, by a lane and those after it. */
  public void write(Warp warp, int lane, Allocation allocation, int offset, int size, int perLane) {
    for (int at = offset, end = offset + size; at < end; ) {
      AccessPage page = page(allocation, at);
      int stop = Math.min(end, page.from + AccessPage.BYTES);
      if (((at | stop) & 3) == 0 && plain(page.lastWritten, at, stop) && plain(page.lastRead, at, stop)) {
        int from = index(at);
        int to = from + (stop - at >> 2);
        Arrays.fill(page.written, from, to, (byte) 15);
        Arrays.fill(page.lastWritten, from, to, (byte) 15);
        Arrays.fill(page.writeEpoch, from, to, warp.epoch());
        places(page.writePlace, warp.pc(), lane, from, to, at - offset, perLane);
      } else {
        for (int word = at & -4; word < stop; word += 4) {
          writeWord(warp, lane(lane, word, offset, perLane), page, word, mask(word, at, stop));
        }
      }
      at = stop;
    }
  }

  private static void writeWord(Warp warp, int lane, AccessPage page, int word, int mask) {
    int i = index(word);
    if ((page.lastWritten[i] & mask) != 0) {
      ordered(warp, lane, page, i, page.writeEpoch[i], page.writePlace[i], "wrote", "writes");
    }
    if ((page.lastRead[i] & mask) != 0) {
      ordered(warp, lane, page, i, page.readEpoch[i], page.readPlace[i], "read", "writes");
    }
    page.written[i] |= (byte) mask;
    int epoch = warp.epoch();
    page.lastWritten[i] = (byte) (page.writeEpoch[i] == epoch ? page.lastWritten[i] | mask : mask);
    page.writeEpoch[i] = epoch;
    page.writePlace[i] = AccessPage.place(warp.pc(), lane);
  }

  /** Notes atomic accesses, or ones that are ordered otherwise ({@code .volatile}, {@code .relaxed} and the like). */
  public void atomic(Warp warp, int lane, Allocation allocation, int offset, int size, boolean reads) {
    for (int word = offset & -4, end = offset + size; word < end; word += 4) {
      int mask = mask(word, offset, end);
      AccessPage page = page(allocation, word);
      int i = index(word);
      int written = allocation.writtenOfWord(word) | page.written[i] | page.atomic[i];
      if (reads && (written & mask) != mask) {
        throw unwritten(warp, lane, page, word, mask & ~written);
      }
      page.atomic[i] |= (byte) mask;
      page.writeEpoch[i] = warp.epoch();
      page.writePlace[i] = AccessPage.place(warp.pc(), lane);
    }
  }

  private static void ordered(Warp warp, int lane, AccessPage page, int i, int epoch, int place, String did,
      String does) {
    int other = Warp.warpOf(epoch);
    if (other != warp.index && warp.clock().known[other] < Warp.timeOf(epoch)) {
      throw warp.fault(FaultKind.RACE, lane,
          does + " byte " + (page.from + i * 4) + " of " + page.allocation.name() + ", which warp "
          + other + " " + did + " at " + warp.place(AccessPage.pcOf(place)) + " with no barrier between");
    }
  }

  private static int mask(int word, int from, int end) {
    int low = Math.max(from - word, 0);
    int high = Math.min(end - word, 4);
    return (1 << high) - (1 << low);
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
