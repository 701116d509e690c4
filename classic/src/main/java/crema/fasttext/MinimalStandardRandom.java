package crema.fasttext;

/**
 * The generator that fastText's quantizer draws from: C++'s {@code minstd_rand} (Park and Miller's minimal standard
 * with the multiplier 48271), and the distributions and the shuffle of GNU's standard library on top of it.
 */
final class MinimalStandardRandom {
  private static final long MULTIPLIER = 48271;
  private static final long MODULUS = Integer.MAX_VALUE;
  private static final long SMALLEST = 1;
  private static final long RANGE = MODULUS - 1 - SMALLEST;

  private long state;

  MinimalStandardRandom(int seed) {
    state = seed % MODULUS == 0 ? 1 : seed;
  }

  private long next() {
    state = state * MULTIPLIER % MODULUS;
    return state;
  }

  /** Uniform in 0 to {@code bound}, both included; at most {@link #RANGE}. */
  private long uniform(long bound) {
    if (bound == RANGE) {
      return next() - SMALLEST;
    }
    long scaling = RANGE / (bound + 1);
    long past = (bound + 1) * scaling;
    long value;
    do {
      value = next() - SMALLEST;
    } while (value >= past);
    return value / scaling;
  }

  /** Uniform in [0, 1), from two draws. */
  double nextDouble() {
    double range = RANGE + 1.0;
    double sum = next() - SMALLEST;
    sum += (next() - SMALLEST) * range;
    double result = sum / (range * range);
    return result < 1 ? result : Math.nextDown(1.0);
  }

  void shuffle(int[] values) {
    int n = values.length;
    if (n == 0) {
      return;
    }
    int i = 1;
    if (RANGE / n >= n) {
      if (n % 2 == 0) {
        swap(values, i++, (int) uniform(1));
      }
      while (i < n) {
        long first = i + 1L;
        long second = i + 2L;
        long both = uniform(first * second - 1);
        swap(values, i++, (int) (both / second));
        swap(values, i++, (int) (both % second));
      }
    } else {
      for (; i < n; i++) {
        swap(values, i, (int) uniform(i));
      }
    }
  }

  private static void swap(int[] values, int i, int j) {
    int value = values[i];
    values[i] = values[j];
    values[j] = value;
  }
}
