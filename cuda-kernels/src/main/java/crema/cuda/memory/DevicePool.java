package crema.cuda.memory;

import crema.cuda.driver.Driver;
import crema.cuda.driver.OutOfDeviceMemory;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Device memory for tensors, kept for the next ones when they are freed. All work runs in order on one stream, so a block
 * is free as soon as its last user was queued.
 *
 * <p>Sizes are rounded up to sixteen an octave. Small blocks come from slabs, large ones from regions in which free
 * neighbours merge; both give a repeated step the same addresses again. When the device has no memory left, what is idle goes
 * back to it and the allocation is tried once more. Not thread-safe.
 */
public final class DevicePool implements AutoCloseable {
  private static final long LARGE = 1 << 20;
  private static final long MOST_GROWTH = 1L << 30;
  private static final int LARGEST_NAMED = 5;

  private final Driver driver;
  private final Runnable settle;
  private final LargeBlocks large = new LargeBlocks();
  private final Slabs slabs = new Slabs();
  /** What was taken from the driver: sizes by address. */
  private final Map<Long, Long> reserved = new HashMap<>();
  private long reservedBytes;
  private long liveBytes;
  private long peakBytes;

  /**
   * A pool over a driver's memory.
   *
   * @param settle waits until no work is queued or held back that uses blocks which were given back
   */
  public DevicePool(Driver driver, Runnable settle) {
    this.driver = driver;
    this.settle = settle;
  }

  /**
   * A block.
   *
   * @param owner what it holds, for messages
   * @return its address, aligned to 256 bytes
   * @throws OutOfDeviceMemory if there is not as much, even without what is idle; the pool stays as it was
   */
  public long take(long bytes, Object owner) {
    long address =
        driver.checksAccesses() ? allocate(Math.max(bytes, 1), bytes, owner) : take(size(bytes), bytes, owner);
    liveBytes += bytes;
    peakBytes = Math.max(peakBytes, liveBytes);
    return address;
  }

  private long take(long size, long bytes, Object owner) {
    if (size >= LARGE) {
      return takeLarge(size, bytes, owner);
    }
    long address = slabs.take(size);
    if (address == 0) {
      slabs.add(takeLarge(Slabs.BYTES, bytes, "small blocks"), size);
      address = slabs.take(size);
    }
    return address;
  }

  private long takeLarge(long size, long bytes, Object owner) {
    long address = large.take(size, owner);
    if (address == 0) {
      grow(size, bytes, owner);
      address = large.take(size, owner);
    }
    return address;
  }

  /** Makes room for a block: a region as large as a quarter of what there is where the device has it, else just enough. */
  private void grow(long size, long bytes, Object owner) {
    long least = Math.ceilDiv(size, Slabs.BYTES) * Slabs.BYTES;
    long wanted = Math.max(least, Math.min(MOST_GROWTH, reservedBytes / 4 / Slabs.BYTES * Slabs.BYTES));
    if (wanted > least) {
      try {
        large.add(reserve(wanted, owner), wanted);
        return;
      } catch (OutOfDeviceMemory e) {
        // The device has less than that left, but perhaps enough.
      }
    }
    try {
      large.add(reserve(least, owner), least);
    } catch (OutOfDeviceMemory e) {
      trim();
      large.add(allocate(least, bytes, owner), least);
    }
  }

  private long reserve(long bytes, Object owner) {
    long address = driver.allocate(bytes, String.valueOf(owner));
    reserved.put(address, bytes);
    reservedBytes += bytes;
    return address;
  }

  /** Allocates what there must be: if there is not, says who has it. */
  private long allocate(long size, long needed, Object owner) {
    try {
      return reserve(size, owner);
    } catch (OutOfDeviceMemory e) {
      throw new OutOfDeviceMemory(needed, describe(needed));
    }
  }

  private String describe(long needed) {
    long total = driver.facts().memoryBytes();
    long others = Math.max(0, total - driver.freeBytes() - reservedBytes);
    MemoryReport report = report();
    var largest = report.largest().isEmpty() ? ""
        : ", largest " + report.largest().getFirst().owner() + " with "
            + MemoryReport.size(report.largest().getFirst().bytes());
    return "GPU memory: this step needs " + MemoryReport.size(needed) + " more; of " + MemoryReport.size(total)
        + " this process holds " + MemoryReport.size(reservedBytes) + " (in use " + MemoryReport.size(liveBytes)
        + largest
        + "), others " + MemoryReport.size(others) + "; try a smaller --batch-tokens";
  }

  /** Gives a block back. */
  public void give(long address, long bytes) {
    liveBytes -= bytes;
    if (driver.checksAccesses()) {
      free(address);
    } else if (size(bytes) >= LARGE) {
      large.give(address);
    } else {
      slabs.give(address);
    }
  }

  /** Gives all memory back to the device that is not in use. */
  public void trim() {
    settle.run();
    slabs.removeIdle().forEach(large::give);
    large.removeIdleRegions().forEach(region -> free(region.address()));
  }

  private void free(long address) {
    Long bytes = reserved.remove(address);
    if (bytes == null) {
      throw new IllegalStateException("nothing was reserved at address " + Long.toHexString(address));
    }
    reservedBytes -= bytes;
    driver.free(address);
  }

  /** What the pool holds. */
  public MemoryReport report() {
    List<MemoryReport.Block> largest = large.largest(LARGEST_NAMED).stream()
        .map(block -> new MemoryReport.Block(String.valueOf(block.owner()), block.bytes())).toList();
    return new MemoryReport(liveBytes, peakBytes, reservedBytes, largest);
  }

  /** Sixteen sizes an octave. */
  static long size(long bytes) {
    long least = Math.max(bytes, 512);
    long step = Math.max(256, Long.highestOneBit(least - 1) >> 4);
    return (least + step - 1) / step * step;
  }

  @Override
  public void close() {
    List.copyOf(reserved.keySet()).forEach(this::free);
  }
}
