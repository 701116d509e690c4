package crema.data.image;

/**
 * Which pixels along one side make up each new one, and with which weights, in fixed point.
 *
 * <p>The arithmetic is that of Pillow's resampling of 8-bit channels: a new pixel's centre lies at {@code (i + ½) · scale},
 * its filter is stretched by the scale where that is above 1, weights are divided by their sum in double precision, and
 * rounded half away from zero to multiples of 2⁻²².
 */
final class ResizeWeights {
  /** Binary places of a weight: what 32 bits leave beside 8 of a channel, its sign, and one for sums above 255. */
  static final int PRECISION = 32 - 8 - 2;
  /** A half, which a sum begins with so that it is rounded. */
  static final int HALF = 1 << (PRECISION - 1);
  /** How many weights are used at a time. There is a multiple of these for each new pixel; the last ones may be 0. */
  static final int GROUP = 4;

  private final int[] first;
  private final int[] count;
  private final int taps;
  private final int[] weights;

  /**
   * The weights of a range of the new pixels.
   *
   * @param from how many pixels there are
   * @param to how many there will be
   * @param begin the first new pixel that is wanted
   * @param length how many new pixels are wanted
   */
  ResizeWeights(int from, int to, int begin, int length, ResizeFilter filter) {
    double scale = (double) from / to;
    double stretch = Math.max(scale, 1);
    double support = filter.support() * stretch;
    int most = Math.min((int) Math.ceil(support) * 2 + 1, from);
    taps = Math.ceilDiv(most, GROUP) * GROUP;
    first = new int[length];
    count = new int[length];
    weights = new int[Math.multiplyExact(length, taps)];
    var exact = new double[most];
    for (int i = 0; i < length; i++) {
      double center = (begin + i + 0.5) * scale;
      int low = Math.max((int) (center - support + 0.5), 0);
      int size = Math.min((int) (center + support + 0.5), from) - low;
      double sum = 0;
      for (int tap = 0; tap < size; tap++) {
        exact[tap] = filter.weight((tap + low - center + 0.5) * (1 / stretch));
        sum += exact[tap];
      }
      for (int tap = 0; tap < size; tap++) {
        double weight = (sum == 0 ? exact[tap] : exact[tap] / sum) * (1 << PRECISION);
        weights[i * taps + tap] = (int) (weight < 0 ? weight - 0.5 : weight + 0.5);
      }
      first[i] = low;
      count[i] = size;
    }
  }

  /** How many new pixels there are weights of. */
  int length() {
    return first.length;
  }

  /** The first of the pixels that make up a new one. */
  int first(int pixel) {
    return first[pixel];
  }

  /** How many pixels make up a new one. */
  int count(int pixel) {
    return count[pixel];
  }

  /** The end of the pixels that make up all new ones. */
  int end() {
    int last = first.length - 1;
    return first[last] + count[last];
  }

  /** How many weights there are for each new pixel: the most pixels that may make up one, rounded up to groups. */
  int taps() {
    return taps;
  }

  /** All weights, those of a new pixel from its number times {@link #taps} on. */
  int[] weights() {
    return weights;
  }
}
