package crema.ptx.machine;

/**
 * What one block did to {@value #WORDS} words of global memory. Masks have a bit for each of a word's four bytes; a
 * place is a thread and an instruction.
 */
final class AccessPage {
  static final int WORDS = 256;
  static final int BYTES = WORDS * 4;

  private static final int LANE_BITS = 5;

  final Allocation allocation;
  final int from;

  /** Bytes that the block stored, loaded, and updated by atomics. */
  final byte[] written = new byte[WORDS];
  final byte[] read = new byte[WORDS];
  final byte[] atomic = new byte[WORDS];

  /** The last store and the last load: bytes, warp and its time, instruction and lane. */
  final byte[] lastWritten = new byte[WORDS];
  final byte[] lastRead = new byte[WORDS];
  final int[] writeEpoch = new int[WORDS];
  final int[] readEpoch = new int[WORDS];
  final int[] writePlace = new int[WORDS];
  final int[] readPlace = new int[WORDS];

  /**
   * An empty page.
   *
   * @param allocation the allocation
   * @param from the offset of its first byte
   */
  AccessPage(Allocation allocation, int from) {
    this.allocation = allocation;
    this.from = from;
  }

  static int place(int pc, int lane) {
    return pc << LANE_BITS | lane;
  }

  static int pcOf(int place) {
    return place >>> LANE_BITS;
  }

  /** The thread of an access, given its place and its epoch. */
  static int threadOf(int place, int epoch) {
    return Warp.warpOf(epoch) * Warp.LANES + (place & Warp.LANES - 1);
  }
}
