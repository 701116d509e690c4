package crema.base;

/**
 * Random numbers on the host that are a function of a seed and counters, so that any can be drawn without the ones
 * before it: the same whichever thread draws them, and after a resume. Cheaper than {@link Rng}, whose numbers devices
 * draw too.
 *
 * <p>SplitMix64 (Steele, Lea and Flood, OOPSLA 2014, with the constants of Stafford's variant 13): its output mix is
 * applied once for the seed and once for each counter. An instance goes on drawing from such a place.
 */
public final class CounterRandom {
  private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;

  private long state;

  /** A generator at the counter 0 of the seed 0. */
  public CounterRandom() {}

  /** 64 random bits for two counters. */
  public static long bits(long seed, long first, long second) {
    return mix(mix(mix(seed + GOLDEN_GAMMA) + first + GOLDEN_GAMMA) + second + GOLDEN_GAMMA);
  }

  /** A number from 0 up to, without, 1. */
  public static double uniform(long seed, long first, long second) {
    return (bits(seed, first, second) >>> 11) * 0x1.0p-53;
  }

  private static long mix(long z) {
    long a = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    long b = (a ^ (a >>> 27)) * 0x94d049bb133111ebL;
    return b ^ (b >>> 31);
  }

  /** Goes to the place that belongs to a seed and two counters. */
  public void seek(long seed, long first, long second) {
    state = bits(seed, first, second);
  }

  /** The next 64 random bits. */
  public long nextLong() {
    state += GOLDEN_GAMMA;
    return mix(state);
  }

  /** The next number from 0 up to, without, {@code bound}. */
  public int nextInt(int bound) {
    return (int) ((nextLong() >>> 32) * bound >>> 32);
  }

  /** The next number from 0 up to, without, 1. */
  public float nextFloat() {
    return (nextLong() >>> 40) * 0x1p-24f;
  }
}
