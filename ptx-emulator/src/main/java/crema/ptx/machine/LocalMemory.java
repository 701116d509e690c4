package crema.ptx.machine;

import crema.ptx.FaultKind;
import java.util.Arrays;
import java.util.BitSet;

/** Local memory of a warp's threads, unwritten at first. */
public final class LocalMemory {
  private final int size;
  private final byte[] bytes;
  private final BitSet written = new BitSet();

  LocalMemory(int size) {
    this.size = size;
    bytes = new byte[size * Warp.LANES];
  }

  void clear() {
    Arrays.fill(bytes, (byte) 0xff);
    written.clear();
  }

  /** The bytes of all lanes. */
  public byte[] bytes() {
    return bytes;
  }

  /** Where in {@link #bytes} a lane's {@code count} bytes at {@code at} lie; faults if the access is not sound. */
  public int access(Warp warp, int lane, long at, int count, boolean store) {
    if (at < 0 || at + count > size) {
      throw warp.fault(FaultKind.OUT_OF_BOUNDS, lane,
          count + " bytes at byte " + at + " of local memory, which has " + size);
    }
    if ((at & (count - 1)) != 0) {
      throw warp.fault(FaultKind.MISALIGNED, lane, count + " bytes at byte " + at + " of local memory");
    }
    int index = lane * size + (int) at;
    if (store) {
      written.set(index, index + count);
    } else if (written.nextClearBit(index) < index + count) {
      throw warp.fault(FaultKind.UNWRITTEN_READ, lane,
          "nothing has written byte " + (written.nextClearBit(index) - lane * size) + " of local memory");
    }
    return index;
  }
}
