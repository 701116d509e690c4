package crema.nn.fasttext;

import java.util.Arrays;

/** A growable list of ints whose array is open to the kernels. */
final class IntList {
  private int[] values = new int[16];
  private int size;

  void add(int value) {
    if (size == values.length) {
      reserve(1);
    }
    values[size++] = value;
  }

  void addAll(int[] source, int from, int to) {
    int count = to - from;
    if (count > values.length - size) {
      reserve(count);
    }
    System.arraycopy(source, from, values, size, count);
    size += count;
  }

  private void reserve(int more) {
    int needed = Math.addExact(size, more);
    values = Arrays.copyOf(values, Math.max(needed, (int) Math.min(2L * values.length, Integer.MAX_VALUE - 8)));
  }

  int get(int index) {
    return values[index];
  }

  int size() {
    return size;
  }

  boolean isEmpty() {
    return size == 0;
  }

  void clear() {
    size = 0;
  }

  boolean contains(int value) {
    for (int i = 0; i < size; i++) {
      if (values[i] == value) {
        return true;
      }
    }
    return false;
  }

  /** The backing array; only the first {@link #size} elements are the list's. */
  int[] array() {
    return values;
  }

  int[] toArray() {
    return Arrays.copyOf(values, size);
  }
}
