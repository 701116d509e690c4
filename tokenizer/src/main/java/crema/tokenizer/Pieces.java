package crema.tokenizer;

import java.util.Arrays;

/** A growable list of stretches {@code [start, end)} of a text, in the text's order. */
final class Pieces {
  private int[] starts = new int[64];
  private int[] ends = new int[64];
  private int size;

  int size() {
    return size;
  }

  int start(int index) {
    return starts[index];
  }

  int end(int index) {
    return ends[index];
  }

  void add(int start, int end) {
    if (size == starts.length) {
      starts = Arrays.copyOf(starts, size * 2);
      ends = Arrays.copyOf(ends, size * 2);
    }
    starts[size] = start;
    ends[size++] = end;
  }

  void clear() {
    size = 0;
  }
}
