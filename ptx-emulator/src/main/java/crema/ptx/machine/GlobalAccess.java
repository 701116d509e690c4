package crema.ptx.machine;

import crema.ptx.FaultKind;
import java.util.Collection;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A block's view of global memory: checks every access, and remembers it for {@link BlockConflicts}. Within the block, a store is checked
 * against the last load and the last store of each word, a load against the last store.
 */
public final class GlobalAccess {
  private static final int CACHED = 64;

  private final DeviceMemory memory;
  private final TreeMap<Long, AccessPage> pages = new TreeMap<>();
  private final @Nullable AccessPage[] cache = new @Nullable AccessPage[CACHED];

  GlobalAccess(DeviceMemory memory) {
    this.memory = memory;
  }

  Collection<AccessPage> pages() {
    return pages.values();
  }

  /** The allocation that holds {@code size} bytes at an address; faults if none does, or if the address is misaligned. */
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

  /** Notes a load of bytes that {@link #locate} has found. */
  public void read(Warp warp, int lane, Allocation allocation, int offset, int size) {
    for (int at = offset & -4, end = offset + size; at < end; at += 4) {
      int mask = mask(at, offset, end);
      AccessPage page = page(allocation, at);
      int i = at >> 2 & AccessPage.WORDS - 1;
      int written = allocation.writtenOfWord(at) | page.written[i] | page.atomic[i];
      if ((written & mask) != mask) {
        throw warp.fault(FaultKind.UNWRITTEN_READ, lane, "nothing has written byte "
            + (at + Integer.numberOfTrailingZeros(mask & ~written)) + " of " + allocation.name());
      }
      if ((page.lastWritten[i] & mask) != 0) {
        ordered(warp, lane, page, i, page.writeEpoch[i], page.writePc[i], "wrote", "reads");
      }
      page.read[i] |= (byte) mask;
      int epoch = warp.epoch();
      page.lastRead[i] = (byte) (page.readEpoch[i] == epoch ? page.lastRead[i] | mask : mask);
      page.readEpoch[i] = epoch;
      page.readPc[i] = warp.pc() + 1;
      page.readThread[i] = (short) (warp.index * Warp.LANES + lane);
    }
  }

  /** Notes a store to bytes that {@link #locate} has found. */
  public void write(Warp warp, int lane, Allocation allocation, int offset, int size) {
    for (int at = offset & -4, end = offset + size; at < end; at += 4) {
      int mask = mask(at, offset, end);
      AccessPage page = page(allocation, at);
      int i = at >> 2 & AccessPage.WORDS - 1;
      if ((page.lastWritten[i] & mask) != 0) {
        ordered(warp, lane, page, i, page.writeEpoch[i], page.writePc[i], "wrote", "writes");
      }
      if ((page.lastRead[i] & mask) != 0) {
        ordered(warp, lane, page, i, page.readEpoch[i], page.readPc[i], "read", "writes");
      }
      page.written[i] |= (byte) mask;
      int epoch = warp.epoch();
      page.lastWritten[i] = (byte) (page.writeEpoch[i] == epoch ? page.lastWritten[i] | mask : mask);
      page.writeEpoch[i] = epoch;
      page.writePc[i] = warp.pc() + 1;
      page.writeThread[i] = (short) (warp.index * Warp.LANES + lane);
    }
  }

  /** Notes an atomic access, or one that is ordered otherwise ({@code .volatile}, {@code .relaxed} and the like). */
  public void atomic(Warp warp, int lane, Allocation allocation, int offset, int size, boolean reads) {
    for (int at = offset & -4, end = offset + size; at < end; at += 4) {
      int mask = mask(at, offset, end);
      AccessPage page = page(allocation, at);
      int i = at >> 2 & AccessPage.WORDS - 1;
      int written = allocation.writtenOfWord(at) | page.written[i] | page.atomic[i];
      if (reads && (written & mask) != mask) {
        throw warp.fault(FaultKind.UNWRITTEN_READ, lane, "nothing has written byte "
            + (at + Integer.numberOfTrailingZeros(mask & ~written)) + " of " + allocation.name());
      }
      page.atomic[i] |= (byte) mask;
      page.writePc[i] = warp.pc() + 1;
      page.writeThread[i] = (short) (warp.index * Warp.LANES + lane);
    }
  }

  private static void ordered(
      Warp warp, int lane, AccessPage page, int i, int epoch, int pc, String did, String does) {
    int other = Warp.warpOf(epoch);
    if (other != warp.index && warp.clock().known[other] < Warp.timeOf(epoch)) {
      throw warp.fault(FaultKind.RACE, lane, does + " byte " + (page.from + i * 4) + " of " + page.allocation.name() + ", which warp "
          + other + " " + did + " at " + warp.place(pc - 1) + " with no barrier between");
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
