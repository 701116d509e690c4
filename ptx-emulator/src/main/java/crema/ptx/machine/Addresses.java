package crema.ptx.machine;

/**
 * Generic addresses: 24 bits of a range's number, then 40 bits within it. Every allocation has a range of its own, so
 * that an address past its end is never inside another; shared memory, local memory and parameters are ranges, too.
 */
public final class Addresses {
  /** Bits within a range. */
  public static final int RANGE_BITS = 40;

  /** Where a block's shared memory lies. */
  public static final long SHARED = 1L << RANGE_BITS;

  /** Where a thread's local memory lies. */
  public static final long LOCAL = 2L << RANGE_BITS;

  /** Where a kernel's parameters lie. */
  public static final long PARAM = 3L << RANGE_BITS;

  /** The first range of device memory. */
  static final int FIRST_ALLOCATION = 16;

  private static final long OFFSET = (1L << RANGE_BITS) - 1;

  private Addresses() {}

  /** The start of the range in which an address lies. */
  public static long range(long address) {
    return address & ~OFFSET;
  }

  /** The address within its range. */
  public static long offset(long address) {
    return address & OFFSET;
  }

  static int number(long address) {
    return (int) (address >>> RANGE_BITS);
  }
}
