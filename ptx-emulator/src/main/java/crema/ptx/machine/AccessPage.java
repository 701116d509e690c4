package crema.ptx.machine;

/** What one block did to {@value #WORDS} words of global memory. Masks have a bit for each of a word's four bytes. */
final class AccessPage {
  static final int WORDS = 256;
  static final int BYTES = WORDS * 4;

  final Allocation allocation;
  final int from;

  /** Bytes that the block stored, loaded, and updated by atomics. */
  final byte[] written = new byte[WORDS];
  final byte[] read = new byte[WORDS];
  final byte[] atomic = new byte[WORDS];

  /** The last store and the last load: bytes, warp and its time, thread, instruction. */
  final byte[] lastWritten = new byte[WORDS];
  final byte[] lastRead = new byte[WORDS];
  final int[] writeEpoch = new int[WORDS];
  final int[] readEpoch = new int[WORDS];
  final short[] writeThread = new short[WORDS];
  final short[] readThread = new short[WORDS];
  final int[] writePc = new int[WORDS];
  final int[] readPc = new int[WORDS];

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
}
