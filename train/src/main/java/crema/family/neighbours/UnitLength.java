package crema.family.neighbours;

/** Scales vectors to length 1, and multiplies such vectors. */
final class UnitLength {
  private UnitLength() {}

  /** Scales {@code [size]} numbers to length 1; zeros stay. */
  static void scale(float[] values, int begin, int size) {
    double squares = 0;
    for (int i = begin; i < begin + size; i++) {
      squares += (double) values[i] * values[i];
    }
    if (squares > 0) {
      double scale = 1 / Math.sqrt(squares);
      for (int i = begin; i < begin + size; i++) {
        values[i] = (float) (values[i] * scale);
      }
    }
  }

  /** The product of two vectors. */
  static float product(float[] a, int beginA, float[] b, int beginB, int size) {
    // Four sums, in an order of their own, so that additions do not wait for each other.
    float first = 0;
    float second = 0;
    float third = 0;
    float fourth = 0;
    int i = 0;
    for (; i + 3 < size; i += 4) {
      first += a[beginA + i] * b[beginB + i];
      second += a[beginA + i + 1] * b[beginB + i + 1];
      third += a[beginA + i + 2] * b[beginB + i + 2];
      fourth += a[beginA + i + 3] * b[beginB + i + 3];
    }
    for (; i < size; i++) {
      first += a[beginA + i] * b[beginB + i];
    }
    return first + second + (third + fourth);
  }
}
