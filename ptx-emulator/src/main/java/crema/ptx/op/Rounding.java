package crema.ptx.op;

/**
 * IEEE rounding modes that Java does not have. A result is given as a double and the sign of what it lacks to the exact
 * value; rounding from there is exact.
 */
enum Rounding {
  /** To nearest, ties to even. */
  NEAREST,
  /** Towards zero. */
  ZERO,
  /** Towards minus infinity. */
  DOWN,
  /** Towards plus infinity. */
  UP;

  static Rounding of(Operands in) {
    return switch (in.choice(".rz", ".rm", ".rp")) {
      case ".rz" -> ZERO;
      case ".rm" -> DOWN;
      case ".rp" -> UP;
      default -> NEAREST;
    };
  }

  /** The float nearest to {@code value} plus something tiny of the sign of {@code rest}, in this mode. */
  float toFloat(double value, double rest) {
    if (this == NEAREST) {
      return (float) odd(value, rest);
    }
    float f = (float) value;
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      return f;
    }
    double error = Float.isInfinite(f) ? -f : value - f;
    int sign = error != 0 ? (error > 0 ? 1 : -1) : (int) Math.signum(rest);
    if (sign == 0) {
      return f;
    }
    // The exact value lies on the side of sign of f.
    boolean below = switch (this) {
      case DOWN -> sign < 0;
      case ZERO -> sign < 0 && value > 0;
      default -> false;
    };
    boolean above = switch (this) {
      case UP -> sign > 0;
      case ZERO -> sign > 0 && value < 0;
      default -> false;
    };
    return below ? Math.nextDown(f) : above ? Math.nextUp(f) : f;
  }

  /** As {@link #toFloat}, for a double. */
  double toDouble(double value, double rest) {
    if (this == NEAREST || rest == 0 || Double.isNaN(value) || Double.isInfinite(value)) {
      return value;
    }
    boolean below = rest < 0 && (this == DOWN || this == ZERO && value > 0);
    boolean above = rest > 0 && (this == UP || this == ZERO && value < 0);
    return below ? Math.nextDown(value) : above ? Math.nextUp(value) : value;
  }

  /**
   * {@code value} with its last bit set if something is missing, so that a later rounding to fewer bits is not a second
   * one.
   */
  static double odd(double value, double rest) {
    if (rest == 0 || Double.isNaN(rest) || Double.isInfinite(value)) {
      return value;
    }
    long bits = Double.doubleToRawLongBits(value);
    if ((bits & 1) != 0) {
      return value;
    }
    return rest > 0 == value >= 0 ? Double.longBitsToDouble(bits | 1) : rest > 0 ? Math.nextUp(value)
        : Math.nextDown(value);
  }

  /** What {@code sum = a + b} lacks (Knuth's TwoSum). */
  static double restOfSum(double a, double b, double sum) {
    if (Double.isInfinite(sum) || Double.isNaN(sum)) {
      return 0;
    }
    double bb = sum - a;
    return (a - (sum - bb)) + (b - bb);
  }

  /** What {@code product = a · b} lacks. */
  static double restOfProduct(double a, double b, double product) {
    return Double.isInfinite(product) || Double.isNaN(product) ? 0 : Math.fma(a, b, -product);
  }

  /** The sign of what {@code quotient = a / b} lacks. */
  static double restOfQuotient(double a, double b, double quotient) {
    if (Double.isInfinite(quotient) || Double.isNaN(quotient) || Double.isInfinite(b)) {
      return 0;
    }
    return Math.fma(-quotient, b, a) * Math.signum(b);
  }

  /** The sign of what {@code root = sqrt(a)} lacks. */
  static double restOfRoot(double a, double root) {
    return Double.isInfinite(root) || Double.isNaN(root) ? 0 : Math.fma(-root, root, a);
  }
}
