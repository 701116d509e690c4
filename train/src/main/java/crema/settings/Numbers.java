package crema.settings;

import java.math.BigDecimal;

/** Numbers as people write them. */
final class Numbers {
  private static final double LARGE = 1e7;
  private static final double SMALL = 1e-3;

  private Numbers() {}

  /** A number without needless zeros, which is the same number when it is read again: {@code 384}, {@code 3e-4}. */
  static String text(double value) {
    if (value == Math.rint(value) && Math.abs(value) < LARGE) {
      return Long.toString((long) value);
    }
    if (Math.abs(value) >= SMALL && Math.abs(value) < LARGE || Double.isInfinite(value) || Double.isNaN(value)) {
      return Double.toString(value);
    }
    var digits = BigDecimal.valueOf(value).stripTrailingZeros();
    int exponent = digits.precision() - digits.scale() - 1;
    return digits.movePointLeft(exponent).toPlainString() + "e" + exponent;
  }
}
