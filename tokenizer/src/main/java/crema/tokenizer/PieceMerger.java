package crema.tokenizer;

import java.util.Arrays;

/**
 * Applies merge rules to one piece: always the rule of the lowest rank, the leftmost pair among equals, until none
 * applies. A linked list and a heap make it O(n log n), so that a megabyte without a space cannot stall it.
 */
final class PieceMerger {
  private byte[] bytes = new byte[192];
  private int[] symbols = new int[192];
  private int[] previous = new int[192];
  private int[] next = new int[192];
  /** For each live symbol, the rule of the pair that it starts: {@code rank << 32 | mergedId} or NONE. */
  private long[] rules = new long[192];
  /** A binary min-heap of {@code rank << 32 | position}; entries whose pair has changed are skipped when popped. */
  private long[] heap = new long[192];
  private int heapSize;

  /** Returns an array for at least {@code count} bytes. */
  byte[] bytes(int count) {
    if (bytes.length < count) {
      bytes = new byte[count];
    }
    return bytes;
  }

  /** Returns the array that holds the symbols before and after a merge, with room for {@code count}. */
  int[] symbols(int count) {
    if (symbols.length < count) {
      symbols = new int[count];
      previous = new int[count];
      next = new int[count];
      rules = new long[count];
    }
    return symbols;
  }

  /** Returns which of the symbols before the merge was the first of the symbol at {@code index} after it. */
  int firstSymbol(int index) {
    return previous[index];
  }

  /** Merges the first {@code count} symbols in place and returns how many are left. */
  int merge(int count, MergeTable merges) {
    heapSize = 0;
    for (int i = 0; i < count; i++) {
      previous[i] = i - 1;
      next[i] = i + 1;
      offer(i, count, merges);
    }
    while (heapSize > 0) {
      var entry = pop();
      var left = (int) entry;
      var rule = rules[left];
      // A rank is at most 2^31 - 1, so NONE (all ones) equals no entry's.
      if (rule >>> 32 != entry >>> 32) {
        continue;
      }
      var right = next[left];
      var after = next[right];
      symbols[left] = (int) rule;
      rules[right] = MergeTable.NONE;
      next[left] = after;
      if (after < count) {
        previous[after] = left;
      }
      offer(left, count, merges);
      if (previous[left] >= 0) {
        offer(previous[left], count, merges);
      }
    }
    int merged = 0;
    for (int i = 0; i < count; i = next[i]) {
      // Both arrays are read no further back than they are written.
      previous[merged] = i;
      symbols[merged++] = symbols[i];
    }
    return merged;
  }

  /** Looks up the rule of the pair that starts at {@code left} and queues it. */
  private void offer(int left, int count, MergeTable merges) {
    var right = next[left];
    var rule = right < count ? merges.find(symbols[left], symbols[right]) : MergeTable.NONE;
    rules[left] = rule;
    if (rule != MergeTable.NONE) {
      push(rule & 0xFFFFFFFF00000000L | left);
    }
  }

  private void push(long entry) {
    if (heapSize == heap.length) {
      heap = Arrays.copyOf(heap, heapSize * 2);
    }
    var hole = heapSize++;
    while (hole > 0) {
      var parent = hole - 1 >>> 1;
      if (heap[parent] <= entry) {
        break;
      }
      heap[hole] = heap[parent];
      hole = parent;
    }
    heap[hole] = entry;
  }

  private long pop() {
    var top = heap[0];
    var last = heap[--heapSize];
    int hole = 0;
    while (true) {
      var child = 2 * hole + 1;
      if (child >= heapSize) {
        break;
      }
      if (child + 1 < heapSize && heap[child + 1] < heap[child]) {
        child++;
      }
      if (heap[child] >= last) {
        break;
      }
      heap[hole] = heap[child];
      hole = child;
    }
    heap[hole] = last;
    return top;
  }
}
