package crema.cuda;

import crema.cuda.memory.DevicePool;

/**
 * Device memory of one op, given back when it was queued: what is queued later may use it again, since all runs in order.
 */
record Scratch(DevicePool pool, long address, long bytes) implements AutoCloseable {
  @Override
  public void close() {
    if (bytes > 0) {
      pool.give(address, bytes);
    }
  }
}
