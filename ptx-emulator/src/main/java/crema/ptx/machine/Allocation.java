package crema.ptx.machine;

import java.util.Arrays;

/** A piece of device memory, with a bit for each byte that has been written. */
public final class Allocation {
  final byte[] bytes;
  private final long[] written;
  private final String name;
  private final int number;
  private final boolean readOnly;

  Allocation(int number, String name, int size, boolean readOnly) {
    this.number = number;
    this.name = name;
    this.bytes = new byte[size];
    this.written = new long[(size + 63) / 64];
    this.readOnly = readOnly;
    poison(0, size);
  }

  /** Its address. */
  public long address() {
    return (long) number << Addresses.RANGE_BITS;
  }

  /** Its name. */
  public String name() {
    return name;
  }

  /** Its size in bytes. */
  public int size() {
    return bytes.length;
  }

  /** Its bytes; accesses by kernels are announced to {@link GlobalAccess} first. */
  public byte[] contents() {
    return bytes;
  }

  int number() {
    return number;
  }

  boolean readOnly() {
    return readOnly;
  }

  /** Makes bytes NaN, and unwritten. */
  public void poison(int from, int count) {
    Arrays.fill(bytes, from, from + count, (byte) 0xff);
    mark(from, count, false);
  }

  /** Notes that the host has written bytes. */
  public void markWritten(int from, int count) {
    mark(from, count, true);
  }

  private void mark(int from, int count, boolean value) {
    for (int i = from, end = from + count; i < end;) {
      int next = Math.min(end, (i & -64) + 64);
      long bits = (next - i == 64 ? -1L : (1L << next - i) - 1) << i;
      written[i >>> 6] = value ? written[i >>> 6] | bits : written[i >>> 6] & ~bits;
      i = next;
    }
  }

  /** Which of the four bytes of a word have been written, one bit each. */
  int writtenOfWord(int offset) {
    return (int) (written[offset >>> 6] >>> offset) & 15;
  }

  /** Whether all of these whole words have been written. */
  boolean isWrittenWords(int from, int to) {
    for (int i = from; i < to;) {
      if ((i & 63) == 0 && to - i >= 64) {
        if (written[i >>> 6] != -1) {
          return false;
        }
        i += 64;
      } else {
        if (writtenOfWord(i) != 15) {
          return false;
        }
        i += 4;
      }
    }
    return true;
  }
}
