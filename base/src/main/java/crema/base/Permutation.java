package crema.base;

/**
 * A random order of {@code 0 .. size-1} of which any element is computed by itself, in constant memory: a Feistel
 * network over the next power of two, walked until it falls into the range (Black and Rogaway, CT-RSA 2002, section 3).
 */
public final class Permutation {
  private static final int ROUNDS = 8;

  private final int size;
  private final int lowBits;
  private final int highMask;
  private final int lowMask;
  private final long seed;
  private final long stream;

  /**
   * Makes an order.
   *
   * @param size the number of elements
   * @param seed chooses the order, together with the stream
   * @param stream which of a seed's orders, such as the epoch
   */
  public Permutation(int size, long seed, long stream) {
    this.size = size;
    this.seed = seed;
    this.stream = stream;
    int bits = size <= 1 ? 0 : Integer.SIZE - Integer.numberOfLeadingZeros(size - 1);
    lowBits = bits / 2;
    lowMask = (1 << lowBits) - 1;
    highMask = (1 << (bits - lowBits)) - 1;
  }

  /** The element at a position. */
  public int at(int position) {
    int element = position;
    do {
      element = scramble(element);
    } while (element >= size);
    return element;
  }

  private int scramble(int value) {
    int high = value >>> lowBits;
    int low = value & lowMask;
    for (int round = 0; round < ROUNDS; round += 2) {
      high ^= noise(round, low) & highMask;
      low ^= noise(round + 1, high) & lowMask;
    }
    return (high << lowBits) | low;
  }

  private int noise(int round, int half) {
    return (int) (CounterRandom.bits(seed, stream, ((long) round << 32) | half) >>> 32);
  }
}
