package crema.tokenizer;

import java.util.Arrays;

/** The tokens of one piece while a model makes them, and where they are, counted from the start of the piece. */
final class TokenScratch {
  int[] ids = new int[64];
  int[] starts = new int[64];
  int[] ends = new int[64];
  int size;

  void clear() {
    size = 0;
  }

  void add(int id, int start, int end) {
    if (size == ids.length) {
      var capacity = size * 2;
      ids = Arrays.copyOf(ids, capacity);
      starts = Arrays.copyOf(starts, capacity);
      ends = Arrays.copyOf(ends, capacity);
    }
    ids[size] = id;
    starts[size] = start;
    ends[size++] = end;
  }

  /** Reverses the tokens from {@code from} on. */
  void reverse(int from) {
    for (int i = from, j = size - 1; i < j; i++, j--) {
      swap(ids, i, j);
      swap(starts, i, j);
      swap(ends, i, j);
    }
  }

  private static void swap(int[] array, int i, int j) {
    var value = array[i];
    array[i] = array[j];
    array[j] = value;
  }
}
