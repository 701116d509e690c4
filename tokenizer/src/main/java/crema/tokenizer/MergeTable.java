package crema.tokenizer;

import java.util.Arrays;

/**
 * The merge rules of a BPE model: which two adjacent tokens become which one, and in what order of preference.
 * Immutable once built. An open-addressing hash table from the pair of ids.
 */
final class MergeTable {
  /** What {@link #find} returns for a pair that no rule merges. */
  static final long NONE = -1;

  private static final long EMPTY = -1;

  private final int[] lefts;
  private final int[] rights;
  private final long[] keys;
  private final long[] values;
  private final int shift;

  /**
   * Builds the table of the rules {@code lefts[rank], rights[rank] -> merged[rank]}. Where a pair occurs twice, the
   * later rank counts, as in Hugging Face's library.
   */
  MergeTable(int[] lefts, int[] rights, int[] merged) {
    this.lefts = lefts.clone();
    this.rights = rights.clone();
    // At most half full, so that the many look-ups of pairs without a rule end soon.
    var bits = Math.max(4, 33 - Integer.numberOfLeadingZeros(Math.max(1, lefts.length)));
    keys = new long[1 << bits];
    values = new long[1 << bits];
    shift = 64 - bits;
    Arrays.fill(keys, EMPTY);
    for (int rank = 0; rank < lefts.length; rank++) {
      var key = key(lefts[rank], rights[rank]);
      var slot = slot(key);
      keys[slot] = key;
      values[slot] = (long) rank << 32 | merged[rank];
    }
  }

  /** Returns {@code rank << 32 | mergedId} of a pair, or {@link #NONE}. */
  long find(int left, int right) {
    var key = key(left, right);
    var slot = slot(key);
    return keys[slot] == key ? values[slot] : NONE;
  }

  /** Returns the number of ranks. */
  int size() {
    return lefts.length;
  }

  int left(int rank) {
    return lefts[rank];
  }

  int right(int rank) {
    return rights[rank];
  }

  private static long key(int left, int right) {
    return (long) left << 32 | right;
  }

  /** Returns the slot of a key, or the free slot where it belongs. */
  private int slot(long key) {
    var slot = (int) (key * 0x9E3779B97F4A7C15L >>> shift);
    while (keys[slot] != key && keys[slot] != EMPTY) {
      slot = slot + 1 & keys.length - 1;
    }
    return slot;
  }
}
