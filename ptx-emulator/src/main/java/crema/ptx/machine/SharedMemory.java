package crema.ptx.machine;

import crema.ptx.FaultKind;
import java.util.Arrays;

/** A block's shared memory: its bytes, NaN at first, and who accessed them. */
public final class SharedMemory {
  private final byte[] bytes;
  private final Actors actors;
  private final SharedShadow shadow;

  /**
   * Memory.
   *
   * @param shared whether others than the block's warps read it: asynchronous operations, or its cluster
   */
  SharedMemory(int size, Actors actors, boolean shared) {
    bytes = new byte[(size + 3) & -4];
    this.actors = actors;
    shadow = new SharedShadow(actors, 0, bytes.length / 4, 4, shared ? actors.readers() : actors.warps());
  }

  void clear() {
    Arrays.fill(bytes, (byte) 0xff);
    shadow.clear();
  }

  /** Its size in bytes. */
  public int size() {
    return bytes.length;
  }

  /** Its bytes; accesses are announced by the other methods first. */
  public byte[] bytes() {
    return bytes;
  }

  /** Faults if {@code size} bytes at {@code at} are not all inside, or misaligned to {@code alignment}. */
  public void check(Warp warp, int lane, long at, int size, int alignment) {
    if (at < 0 || at + size > bytes.length) {
      throw warp.fault(
          FaultKind.OUT_OF_BOUNDS, lane,
          size + " bytes at byte " + at + " of shared memory, which has " + bytes.length);
    }
    if ((at & (alignment - 1)) != 0) {
      throw warp.fault(
          FaultKind.MISALIGNED, lane,
          size + " bytes at byte " + at + " of shared memory, not a multiple of " + alignment);
    }
  }

  /** A load by a lane. */
  public void read(Warp warp, int lane, int at, int size) {
    shadow.read(warp, lane, warp.index, warp.time(), at, size);
  }

  /** A load by a lane of another block of the cluster, which knows so much. */
  void readByPeer(Warp warp, int lane, VectorClock known, int time, int at, int size) {
    shadow.readByPeer(warp, lane, known, time, at, size);
  }

  /** A store by a lane. */
  public void write(Warp warp, int lane, int at, int size) {
    shadow.write(warp, lane, at, size);
  }

  /** An atomic update by a lane. */
  public void atomic(Warp warp, int lane, int at, int size) {
    shadow.atomic(warp, lane, at, size);
  }

  /** A read by the warp's wgmma, which lasts until the warpgroup has waited for it. */
  public void readByWgmma(Warp warp, int lane, int at, int size) {
    shadow.read(warp, lane, actors.warpgroup(warp.index), warp.wgmma().openGroup(), at, size);
  }

  /** A read by a bulk store of the warp, which lasts until the issuing lane has waited for it. */
  public void readByBulkStore(Warp warp, int lane, int at, int size, int time) {
    shadow.read(warp, lane, actors.bulkReader(warp.index), time, at, size);
  }

  /** A cp.async or a bulk load begins to write. */
  public void begin(Warp warp, int lane, int at, int size, boolean bulk) {
    shadow.begin(warp, lane, at, size, bulk);
  }

  void land(int actor, int time, int at, int size) {
    shadow.land(actor, time, at, size);
  }

  void barrier(Warp warp, int lane, int at, boolean make) {
    shadow.barrier(warp, lane, at, make);
  }
}
