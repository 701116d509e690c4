package crema.data;

/**
 * Random bits that are a function of a seed and counters, so that any draw can be made without the ones before it.
 *
 * <p>The function is the output mix of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014, with the constants of Stafford's
 * variant 13), applied once for the seed and once for each counter.
 */
final class CounterRandom {
  private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;

  private CounterRandom() {}

  /** 64 random bits for two counters. */
  static long bits(long seed, long first, long second) {
    return mix(mix(mix(seed + GOLDEN_GAMMA) + first + GOLDEN_GAMMA) + second + GOLDEN_GAMMA);
  }

  /** A number from 0 up to, without, 1. */
  static double uniform(long seed, long first, long second) {
    return (bits(seed, first, second) >>> 11) * 0x1.0p-53;
  }

  private static long mix(long z) {
    long a = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    long b = (a ^ (a >>> 27)) * 0x94d049bb133111ebL;
    return b ^ (b >>> 31);
  }
}
