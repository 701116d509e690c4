package crema.base;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Numbers as people write them: in decimal digits with a point, such as {@code 384}, {@code 0.1} or {@code 3e-4}. What
 * Java's own parsers take besides is none: a text that is no finite number, one that is cut to 0 because it is too small,
 * hexadecimal digits, and the suffixes of literals.
 */
public final class WrittenNumber {
  private static final Pattern DECIMAL = Pattern.compile("[+-]?(?:[0-9]+\\.?[0-9]*|\\.[0-9]+)(?:[eE][+-]?[0-9]{1,9})?");
  private static final Pattern WHOLE = Pattern.compile("[+-]?[0-9]+");
  private static final Pattern GROUPED = Pattern.compile("([+-]?[0-9]{1,3})((?:[,_' \u00A0\u202F][0-9]{3})+)");
  private static final Pattern COMMA = Pattern.compile("([+-]?[0-9]*),([0-9]+)");
  private static final int LONGEST = 400;

  private WrittenNumber() {}

  /**
   * Reads a whole number.
   *
   * @throws NumberFormatException if the text is none, or it is not within 32 bits
   */
  public static int whole(String text) {
    return Integer.parseInt(digits(text, WHOLE));
  }

  /**
   * Reads a whole number that may be large.
   *
   * @throws NumberFormatException if the text is none, or it is not within 64 bits
   */
  public static long longWhole(String text) {
    return Long.parseLong(digits(text, WHOLE));
  }

  /**
   * Reads a number.
   *
   * @throws NumberFormatException if the text is none, or there is no finite number like it
   */
  public static double real(String text) {
    String digits = digits(text, DECIMAL);
    double value = Double.parseDouble(digits);
    if (Double.isInfinite(value) || value == 0 && isOtherThanZero(digits)) {
      throw new NumberFormatException(text);
    }
    return value;
  }

  private static String digits(String text, Pattern form) {
    String digits = text.strip();
    if (digits.length() > LONGEST || !form.matcher(digits).matches()) {
      throw new NumberFormatException(text);
    }
    return digits;
  }

  private static boolean isOtherThanZero(String digits) {
    return digits.split("[eE]", 2)[0].chars().anyMatch(digit -> digit >= '1' && digit <= '9');
  }

  /**
   * The end of a sentence about a text that is no number: what it may have been meant to be, or why it is none.
   *
   * @param least the least number that there could be
   * @param most the greatest
   * @param isWhole whether it must be a whole one
   * @return empty if there is nothing to say
   */
  public static String suggestion(String text, double least, double most, boolean isWhole) {
    String given = text.strip();
    if (given.length() > LONGEST) {
      return "";
    }
    if (given.codePoints().anyMatch(each -> Character.isDigit(each) && each > '9')) {
      return "; write it with the digits 0 to 9";
    }
    var grouped = GROUPED.matcher(given);
    if (grouped.matches() && (isWhole || !given.matches("[+-]?[0-9]+,[0-9]+"))) {
      return "; write " + grouped.group(1) + grouped.group(2).replaceAll("[^0-9]", "");
    }
    var comma = COMMA.matcher(given);
    if (!isWhole && comma.matches()) {
      return "; write " + comma.group(1) + "." + comma.group(2);
    }
    if (!DECIMAL.matcher(given).matches()) {
      return "";
    }
    double value = Double.parseDouble(given);
    if (value > most || value < least) {
      return "; it cannot be " + (value > most ? "above " + plain(most) : "below " + plain(least));
    }
    if (!isWhole) {
      return "; so small a number cannot be told from 0";
    }
    return value == Math.rint(value) && Math.abs(value) < 1e15 ? "; write " + (long) value : "";
  }

  private static String plain(double bound) {
    return bound == 0x1p63 ? Long.toString(Long.MAX_VALUE)
        : Math.abs(bound) < 1e19 ? new BigDecimal(bound).toPlainString()
            : String.valueOf(bound).replace("E", "e").toLowerCase(Locale.ROOT);
  }
}
