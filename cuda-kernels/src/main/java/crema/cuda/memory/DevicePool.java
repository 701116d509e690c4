package crema.cuda.memory;

import crema.cuda.driver.Driver;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;

/**
 * Device memory for tensors, kept for the next ones when they are freed. All work runs in order on one stream, so a block
 * is free as soon as its last user was queued. Not thread-safe.
 */
public final class DevicePool implements AutoCloseable {
  private final Driver driver;
  private final Map<Long, ArrayDeque<Long>> idle = new HashMap<>();

  /** A pool over a driver's memory. */
  public DevicePool(Driver driver) {
    this.driver = driver;
  }

  /**
   * A block.
   *
   * @param name what it holds, for messages
   * @return its address, aligned to 256 bytes
   */
  public long take(long bytes, String name) {
    if (driver.checksAccesses()) {
      return driver.allocate(bytes, name);
    }
    var blocks = idle.get(size(bytes));
    return blocks == null || blocks.isEmpty() ? driver.allocate(size(bytes), name) : blocks.pop();
  }

  /** Gives a block back. */
  public void give(long address, long bytes) {
    if (driver.checksAccesses()) {
      driver.free(address);
    } else {
      idle.computeIfAbsent(size(bytes), size -> new ArrayDeque<>()).push(address);
    }
  }

  /** Sixteen sizes an octave. */
  static long size(long bytes) {
    long least = Math.max(bytes, 512);
    long step = Math.max(256, Long.highestOneBit(least - 1) >> 4);
    return (least + step - 1) / step * step;
  }

  @Override
  public void close() {
    idle.values().forEach(blocks -> blocks.forEach(driver::free));
    idle.clear();
  }
}
