package crema.fasttext;

import java.util.Arrays;

/** Which hashed n-grams a pruned model kept, and in which row behind the words each of them is. */
final class PruneIndex {
  private final int[] buckets;
  private final int[] rows;
  private final int size;
  private final int shift;

  /**
   * Indexes the pairs {@code (bucket[i], row[i])}.
   *
   * @throws IllegalArgumentException if a bucket is listed twice
   */
  PruneIndex(int[] bucket, int[] row) {
    size = bucket.length;
    int slots = Integer.highestOneBit(Math.max(2, size)) << 2;
    shift = Integer.numberOfLeadingZeros(slots - 1);
    buckets = new int[slots];
    rows = new int[slots];
    Arrays.fill(buckets, -1);
    for (int i = 0; i < size; i++) {
      int slot = slot(bucket[i]);
      if (buckets[slot] == bucket[i]) {
        throw new IllegalArgumentException("n-gram bucket " + bucket[i] + " is listed twice");
      }
      buckets[slot] = bucket[i];
      rows[slot] = row[i];
    }
  }

  private int slot(int bucket) {
    int mask = buckets.length - 1;
    // The upper bits of the product are the well mixed ones: as many as it takes to number all slots.
    int slot = bucket * 0x9E3779B9 >>> shift;
    while (buckets[slot] >= 0 && buckets[slot] != bucket) {
      slot = slot + 1 & mask;
    }
    return slot;
  }

  /** The row of a bucket, counted from the first row behind the words, or -1 if it was pruned. */
  int row(int bucket) {
    int slot = slot(bucket);
    return buckets[slot] == bucket ? rows[slot] : -1;
  }

  int size() {
    return size;
  }

  /** The buckets kept, ordered by row. */
  int[] bucketsByRow() {
    var result = new int[size];
    for (int slot = 0; slot < buckets.length; slot++) {
      if (buckets[slot] >= 0) {
        result[rows[slot]] = buckets[slot];
      }
    }
    return result;
  }
}
