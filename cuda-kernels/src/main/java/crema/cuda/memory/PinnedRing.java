package crema.cuda.memory;

import crema.cuda.driver.Driver;
import crema.cuda.driver.Event;
import crema.cuda.driver.Stream;
import java.lang.foreign.MemorySegment;

/**
 * Pinned host memory through which copies to the device go, so that the host goes on at once. It is used from front to end
 * and again; a part is written again when the copies from it are done.
 */
public final class PinnedRing {
  private static final int PARTS = 8;
  private static final int PART_BYTES = 4 << 20;
  private static final int ALIGNMENT = 64;

  private final Driver driver;
  private final MemorySegment memory;
  private final Event[] done = new Event[PARTS];
  private final boolean[] used = new boolean[PARTS];
  private int part;
  private long position;

  /** A ring of 32 MiB. */
  public PinnedRing(Driver driver) {
    this.driver = driver;
    memory = driver.allocatePinned((long) PARTS * PART_BYTES);
    for (int i = 0; i < PARTS; i++) {
      done[i] = driver.event();
    }
  }

  /** Queues a copy to the device; the source may change as soon as this returns. */
  public void write(long address, MemorySegment source, Stream stream) {
    long copied = 0;
    while (copied < source.byteSize()) {
      long bytes = Math.min(source.byteSize() - copied, PART_BYTES);
      MemorySegment slot = take(bytes, stream);
      MemorySegment.copy(source, copied, slot, 0, bytes);
      driver.write(address + copied, slot, stream);
      copied += bytes;
    }
  }

  private MemorySegment take(long bytes, Stream stream) {
    if (position + bytes > PART_BYTES) {
      driver.record(done[part], stream);
      used[part] = true;
      part = (part + 1) % PARTS;
      position = 0;
      if (used[part]) {
        driver.synchronize(done[part]);
      }
    }
    MemorySegment slot = memory.asSlice((long) part * PART_BYTES + position, bytes);
    position += (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    return slot;
  }
}
