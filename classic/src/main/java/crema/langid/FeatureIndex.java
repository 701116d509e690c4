package crema.langid;

import java.util.Arrays;

/** Numbers the features that a model knows, in the order of their {@linkplain LanguageFeatures hashes}. */
final class FeatureIndex {
  private static final int BUCKET_BITS = 16;
  private static final int SHIFT = LanguageFeatures.HASH_BITS - BUCKET_BITS;

  private final int[] hashes;

  /** Where the hashes with these upper bits start, and one past the last. */
  private final int[] buckets = new int[(1 << BUCKET_BITS) + 1];

  /**
   * An index of these features.
   *
   * @param hashes ascending, each once, of {@value LanguageFeatures#HASH_BITS} bits
   */
  FeatureIndex(int[] hashes) {
    this.hashes = hashes;
    for (int hash : hashes) {
      buckets[(hash >>> SHIFT) + 1]++;
    }
    for (int bucket = 0; bucket < buckets.length - 1; bucket++) {
      buckets[bucket + 1] += buckets[bucket];
    }
  }

  int size() {
    return hashes.length;
  }

  int hash(int feature) {
    return hashes[feature];
  }

  /** The numbers of those of a text's features that are known. */
  int[] known(int[] textHashes) {
    var known = new int[textHashes.length];
    int count = 0;
    for (int hash : textHashes) {
      int bucket = hash >>> SHIFT;
      int at = Arrays.binarySearch(hashes, buckets[bucket], buckets[bucket + 1], hash);
      if (at >= 0) {
        known[count++] = at;
      }
    }
    return Arrays.copyOf(known, count);
  }
}
