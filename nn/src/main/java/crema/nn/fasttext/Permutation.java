package crema.nn.fasttext;

/**
 * A random order of 0 to {@code size} that takes no memory: a four-round Feistel network over the next larger power of
 * four, walked until it lands inside (Black and Rogaway, 2002).
 */
final class Permutation {
  private static final int ROUNDS = 4;

  private final int size;
  private final int halfBits;
  private final long key;

  Permutation(int size, long key) {
    this.size = size;
    this.key = key;
    halfBits = Math.max(1, (33 - Integer.numberOfLeadingZeros(Math.max(1, size - 1))) / 2);
  }

  int get(int index) {
    long value = index;
    do {
      value = round(value);
    } while (value >= size);
    return (int) value;
  }

  private long round(long value) {
    long mask = (1L << halfBits) - 1;
    long left = value >>> halfBits;
    long right = value & mask;
    for (int r = 0; r < ROUNDS; r++) {
      long next = left ^ CounterRandom.mix(right + key + r * 0x632BE59BD9B4E019L) & mask;
      left = right;
      right = next;
    }
    return left << halfBits | right;
  }
}
