package crema.nn.loss;

/** Complaints about parameters of losses. NaN is never right. */
final class Checks {
  private Checks() {}

  static void atLeastZero(String name, double value) {
    if (!(value >= 0 && value < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(name + " must be at least 0, not " + value);
    }
  }

  static void aboveZero(String name, double value) {
    if (!(value > 0 && value < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(name + " must be above 0, not " + value);
    }
  }

  static void inUnitInterval(String name, double value) {
    if (!(value >= 0 && value < 1)) {
      throw new IllegalArgumentException(name + " must be in [0, 1), not " + value);
    }
  }

  static void allAtLeastZero(String name, double[] values) {
    for (int i = 0; i < values.length; i++) {
      atLeastZero(name + " of label " + i, values[i]);
    }
  }
}
