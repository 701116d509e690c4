package crema.ptx.machine;

/** What one block did to {@value #WORDS} words of global memory. */
final class AccessPage {
  static final int WORDS = 256;
  static final int BYTES = WORDS * 4;

  final Allocation allocation;
  final int from;
  AccessMarks loads = AccessMarks.NONE;
  AccessMarks stores = AccessMarks.NONE;
  AccessMarks atomics = AccessMarks.NONE;

  /**
   * An untouched page.
   *
   * @param allocation the allocation
   * @param from the offset of its first byte
   */
  AccessPage(Allocation allocation, int from) {
    this.allocation = allocation;
    this.from = from;
  }

  /** Where loads are noted. */
  AccessMarks noteLoads() {
    if (loads == AccessMarks.NONE) {
      loads = new AccessMarks();
    }
    return loads;
  }

  /** Where stores are noted. */
  AccessMarks noteStores() {
    if (stores == AccessMarks.NONE) {
      stores = new AccessMarks();
    }
    return stores;
  }

  /** Where atomics are noted. */
  AccessMarks noteAtomics() {
    if (atomics == AccessMarks.NONE) {
      atomics = new AccessMarks();
    }
    return atomics;
  }

  /** Which bytes of a word have been written before the launch or by the block. */
  int written(int offset) {
    int i = offset >> 2 & WORDS - 1;
    return allocation.writtenOfWord(offset) | stores.bytes[i] | atomics.bytes[i];
  }
}
