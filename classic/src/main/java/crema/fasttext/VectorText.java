package crema.fasttext;

import crema.base.NameList;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.List;

/** Numbers as C++ streams print them: so many significant digits, no trailing zeros, exponents from 1e-05 down. */
public final class VectorText {
  /** The significant digits of a vector's element in {@code .vec} files and on fastText's command line. */
  private static final int VECTOR_DIGITS = 5;

  /** Smaller numbers are written with an exponent. */
  private static final int LEAST_PLAIN_EXPONENT = -4;

  /** Those that a double holds exactly. */
  private static final double[] POWERS_OF_TEN = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13,
      1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

  /** More than the relative error of one rounding in double precision, 2^-53. */
  private static final double UNSURE = 0x1p-52;

  private VectorText() {}

  /** A vector's elements with five significant digits, each followed by a space. */
  public static String format(float[] vector) {
    return format(vector, VECTOR_DIGITS);
  }

  static String format(float[] vector, int digits) {
    var text = new StringBuilder(vector.length * (digits + 5));
    for (float value : vector) {
      append(text, value, digits);
      text.append(' ');
    }
    return text.toString();
  }

  /** A number with so many significant digits, from 1 to 15; of two as near, the even one. */
  public static String format(double value, int digits) {
    var text = new StringBuilder();
    append(text, value, digits);
    return text.toString();
  }

  private static void append(StringBuilder text, double value, int digits) {
    if (Double.isNaN(value)) {
      text.append("nan");
      return;
    }
    if (Double.compare(value, 0) < 0) {
      text.append('-');
    }
    double size = Math.abs(value);
    if (size == 0 || Double.isInfinite(size)) {
      text.append(size == 0 ? "0" : "inf");
    } else if (!appendScaled(text, size, digits)) {
      var rounded = new BigDecimal(size).round(new MathContext(digits, RoundingMode.HALF_EVEN));
      int exponent = rounded.precision() - rounded.scale() - 1;
      appendDecimal(text, rounded.movePointRight(digits - 1 - exponent).longValueExact(), exponent, digits);
    }
  }

  /**
   * Scales the number to an integer of so many digits in double precision. That is off by one rounding, so what lies
   * close to the middle of two integers is left to exact arithmetic, as are numbers for which no exact power of ten
   * serves.
   *
   * @return false if nothing was appended
   */
  private static boolean appendScaled(StringBuilder text, double size, int digits) {
    int exponent = (int) Math.floor(Math.log10(size));
    int shift = digits - 1 - exponent;
    if (Math.abs(shift) >= POWERS_OF_TEN.length) {
      return false;
    }
    double scaled = shift >= 0 ? size * POWERS_OF_TEN[shift] : size / POWERS_OF_TEN[-shift];
    double nearest = Math.rint(scaled);
    if (0.5 - Math.abs(scaled - nearest) < scaled * UNSURE || nearest < POWERS_OF_TEN[digits - 1]) {
      return false;
    }
    if (nearest < POWERS_OF_TEN[digits]) {
      appendDecimal(text, (long) nearest, exponent, digits);
    } else {
      appendDecimal(text, (long) nearest / 10, exponent + 1, digits);
    }
    return true;
  }

  /** Appends d.ddd · 10^exponent, where {@code decimal} has the digits without the point. */
  private static void appendDecimal(StringBuilder text, long decimal, int exponent, int digits) {
    long kept = decimal;
    int length = digits;
    while (kept % 10 == 0) {
      kept /= 10;
      length--;
    }
    if (exponent < 0 && exponent >= LEAST_PLAIN_EXPONENT) {
      text.append("0.").repeat('0', -exponent - 1).append(kept);
    } else if (exponent >= 0 && exponent < digits) {
      int start = text.length();
      text.append(kept).repeat('0', Math.max(0, exponent + 1 - length));
      if (length > exponent + 1) {
        text.insert(start + exponent + 1, '.');
      }
    } else {
      int start = text.length();
      text.append(kept);
      if (length > 1) {
        text.insert(start + 1, '.');
      }
      text.append(exponent < 0 ? "e-" : "e+").append(Math.abs(exponent) < 10 ? "0" : "").append(Math.abs(exponent));
    }
  }

  /**
   * Reads a vector's elements.
   *
   * @throws IllegalArgumentException if there are not as many numbers as {@code vector} is long, or one is not finite; names
   *     the word
   */
  static void parse(String numbers, String word, float[] vector) {
    String[] parts = numbers.strip().split(" ");
    if (parts.length != vector.length) {
      throw new IllegalArgumentException(
          "the vector of " + quoted(word) + " has " + parts.length + " numbers, not " + vector.length);
    }
    for (int j = 0; j < parts.length; j++) {
      try {
        vector[j] = Float.parseFloat(parts[j]);
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException("the vector of " + quoted(word) + " has a number " + quoted(parts[j]), e);
      }
      if (!Float.isFinite(vector[j])) {
        throw new IllegalArgumentException(
            "the vector of " + quoted(word) + " has a number that is not finite: " + quoted(parts[j]));
      }
    }
  }

  /** What a file holds, as much of it as a line has room for. */
  private static String quoted(String text) {
    return "'" + NameList.of(List.of(text)) + "'";
  }
}
