package crema.nn.fasttext;

/**
 * A generator that is set to a place by numbers, not by what was drawn before: the draws for an example are the same
 * whichever thread makes them, and after a resume. SplitMix64 (Steele et al., 2014).
 */
final class CounterRandom {
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private long state;

  /** Goes to the place that belongs to a seed and two counters. */
  void seek(long seed, long major, long minor) {
    state = mix(mix(mix(seed + GOLDEN) + major * GOLDEN) + minor * GOLDEN);
  }

  static long mix(long value) {
    long z = (value ^ value >>> 30) * 0xBF58476D1CE4E5B9L;
    z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
    return z ^ z >>> 31;
  }

  long nextLong() {
    state += GOLDEN;
    return mix(state);
  }

  /** Uniform in 0 to {@code bound}, excluded. */
  int nextInt(int bound) {
    return (int) ((nextLong() >>> 32) * bound >>> 32);
  }

  /** Uniform in [0, 1). */
  float nextFloat() {
    return (nextLong() >>> 40) * 0x1p-24f;
  }
}
