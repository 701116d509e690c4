package crema.base;

import java.util.Arrays;

/** A growable list of ints whose array is open to kernels. Not for use by several threads. */
public final class IntList {
  private int[] values = new int[16];
  private int size;

  /** An empty list. */
  public IntList() {}

  /** Appends a value. */
  public void add(int value) {
    if (size == values.length) {
      reserve(1);
    }
    values[size++] = value;
  }

  /** Appends {@code source[from]} to {@code source[to - 1]}. */
  public void addAll(int[] source, int from, int to) {
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

  /** The value at an index, which must be less than the size. */
  public int get(int index) {
    return values[index];
  }

  /** How many values there are. */
  public int size() {
    return size;
  }

  /** Whether there is no value. */
  public boolean isEmpty() {
    return size == 0;
  }

  /** Removes all values and keeps the room. */
  public void clear() {
    size = 0;
  }

  /** Whether a value is in the list. */
  public boolean contains(int value) {
    for (int i = 0; i < size; i++) {
      if (values[i] == value) {
        return true;
      }
    }
    return false;
  }

  /** The backing array; only the first {@link #size} elements are the list's. */
  public int[] array() {
    return values;
  }

  /** A copy of the values. */
  public int[] toArray() {
    return Arrays.copyOf(values, size);
  }
}
