package crema.ptx;

/**
 * How 16-byte chunks of a row are permuted in shared memory, so that a column of chunks meets all banks: some bits of
 * the address, those of the row, are added (exclusive or) to the bits of the chunk. The order of the constants is that
 * of {@code CUtensorMapSwizzle}.
 */
public enum Swizzle {
  /** Rows lie as they are. */
  NONE(0, 16),
  /** Bit 4 by bit 7. */
  BYTES_32(1, 32),
  /** Bits 4 and 5 by bits 7 and 8. */
  BYTES_64(3, 64),
  /** Bits 4 to 6 by bits 7 to 9. */
  BYTES_128(7, 128);

  private final int mask;
  private final int span;

  Swizzle(int mask, int span) {
    this.mask = mask;
    this.span = span;
  }

  /** Bytes within which chunks move; 16 where they don't. */
  public int span() {
    return span;
  }

  /** Where the byte lies that would lie at {@code address} of shared memory. */
  public int apply(int address) {
    return address ^ (address >> 7 & mask) << 4;
  }
}
