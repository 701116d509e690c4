package crema.data;

import java.util.Arrays;

/** A growing array of ints. */
final class IntList {
  private static final int LARGEST = Integer.MAX_VALUE - 8;

  private int[] values = new int[1024];
  private int size;

  int size() {
    return size;
  }

  int get(int index) {
    return values[index];
  }

  void add(int value) {
    ensure(1);
    values[size++] = value;
  }

  void add(int[] source, int count) {
    ensure(count);
    System.arraycopy(source, 0, values, size, count);
    size += count;
  }

  void clear() {
    size = 0;
  }

  void copy(int from, int count, int[] target, int offset) {
    System.arraycopy(values, from, target, offset, count);
  }

  int[] toArray() {
    return Arrays.copyOf(values, size);
  }

  private void ensure(int count) {
    long needed = (long) size + count;
    if (needed > LARGEST) {
      throw new DataException(
          "more than %,d values do not fit in memory; use the token cache on disk".formatted(LARGEST));
    }
    if (needed > values.length) {
      values = Arrays.copyOf(values, (int) Math.min(LARGEST, Math.max(needed, values.length * 3L / 2)));
    }
  }
}
