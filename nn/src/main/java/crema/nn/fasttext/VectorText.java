package crema.nn.fasttext;

import java.math.BigDecimal;
import java.math.MathContext;

/** Numbers as C++ streams print them: so many significant digits, no trailing zeros, exponents from 1e-05 down. */
public final class VectorText {
  /** The significant digits of a vector's element in {@code .vec} files and on fastText's command line. */
  private static final int VECTOR_DIGITS = 5;

  private VectorText() {}

  /** A vector's elements with five significant digits, each followed by a space. */
  public static String format(float[] vector) {
    return format(vector, VECTOR_DIGITS);
  }

  static String format(float[] vector, int digits) {
    var text = new StringBuilder(vector.length * 10);
    for (float value : vector) {
      text.append(format(value, digits)).append(' ');
    }
    return text.toString();
  }

  /** A number with so many significant digits. */
  public static String format(double value, int digits) {
    if (value == 0 || !Double.isFinite(value)) {
      return Double.isNaN(value) ? "nan" : Double.isInfinite(value) ? value > 0 ? "inf" : "-inf" : "0";
    }
    BigDecimal rounded = new BigDecimal(value).round(new MathContext(digits)).stripTrailingZeros();
    int exponent = rounded.precision() - rounded.scale() - 1;
    if (exponent >= -4 && exponent < digits) {
      return rounded.toPlainString();
    }
    String mantissa = rounded.movePointLeft(exponent).toPlainString();
    return mantissa + (exponent < 0 ? "e-" : "e+") + (Math.abs(exponent) < 10 ? "0" : "") + Math.abs(exponent);
  }

  /**
   * Reads a vector's elements.
   *
   * @throws IllegalArgumentException if there are not as many numbers as {@code vector} is long; names the word
   */
  static void parse(String numbers, String word, float[] vector) {
    String[] parts = numbers.strip().split(" ");
    if (parts.length != vector.length) {
      throw new IllegalArgumentException(
          "the vector of '" + word + "' has " + parts.length + " numbers, not " + vector.length);
    }
    for (int j = 0; j < parts.length; j++) {
      try {
        vector[j] = Float.parseFloat(parts[j]);
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException("the vector of '" + word + "' has a number '" + parts[j] + "'", e);
      }
    }
  }
}
