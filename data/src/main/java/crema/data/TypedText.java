package crema.data;

import crema.base.json.JsonNode;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/**
 * The text of values that have a type where they are stored, as in JSON, Parquet and Excel. There is one rule, so that
 * the same rows give the same text whatever file they come from:
 *
 * <ul>
 * <li>a number is the shortest decimal that is this number: {@code 3} and not {@code 3.0}, {@code 0.5},
 * {@code 1000000}; with an exponent, as in {@code 1e60}, only where it would be longer than 50 characters without;
 * <li>a truth value is {@code true} or {@code false};
 * <li>dates and times are those of ISO 8601: {@code 2026-11-27}, {@code 10:15:30}, {@code 2026-11-27T10:15:30.5}, with
 * a {@code Z} where it is known that the time is UTC;
 * <li>what is no number, and what is no value, is empty.
 * </ul>
 */
public final class TypedText {
  /** The longest number that is written without an exponent. */
  private static final int LONGEST_NUMBER = 50;

  private TypedText() {}

  /** A whole number. */
  public static String of(long value) {
    return Long.toString(value);
  }

  /** The shortest decimal that is nearest to this number among those of its type; empty for NaN. */
  public static String of(double value) {
    if (value == Math.rint(value) && Math.abs(value) < 1e15) {
      return Long.toString((long) value);
    }
    return Double.isFinite(value) ? of(new BigDecimal(Double.toString(value))) : nonFinite(value);
  }

  /** The shortest decimal that is nearest to this number among those of its type; empty for NaN. */
  public static String of(float value) {
    return Float.isFinite(value) ? of(new BigDecimal(Float.toString(value))) : nonFinite(value);
  }

  /** A decimal number, without zeros behind its fraction. */
  public static String of(BigDecimal value) {
    if (value.signum() == 0) {
      return "0";
    }
    BigDecimal shortest = value.stripTrailingZeros();
    // The length is known before the digits are written, of which there may be as many as the exponent says.
    int digits = shortest.precision();
    long scale = shortest.scale();
    long length = scale <= 0 ? digits - scale : Math.max(digits, scale) + 2;
    if (length <= LONGEST_NUMBER || scale >= 0 && scale <= digits) {
      return shortest.toPlainString();
    }
    String unscaled = shortest.unscaledValue().abs().toString();
    String fraction = unscaled.length() == 1 ? "" : "." + unscaled.substring(1);
    return (shortest.signum() < 0 ? "-" : "") + unscaled.charAt(0) + fraction + "e" + (digits - 1 - scale);
  }

  /** A truth value. */
  public static String of(boolean value) {
    return Boolean.toString(value);
  }

  /** A date. */
  public static String of(LocalDate value) {
    return DateTimeFormatter.ISO_LOCAL_DATE.format(value);
  }

  /** A time of day. */
  public static String of(LocalTime value) {
    return DateTimeFormatter.ISO_LOCAL_TIME.format(value);
  }

  /** A date and time of which it is not known where. */
  public static String of(LocalDateTime value) {
    return DateTimeFormatter.ISO_LOCAL_DATE_TIME.format(value);
  }

  /** A point in time, in UTC. */
  public static String of(Instant value) {
    return of(LocalDateTime.ofInstant(value, ZoneOffset.UTC)) + "Z";
  }

  /**
   * A JSON value that is no object and no array; empty for null and where there is none.
   *
   * @throws IllegalArgumentException for an object or an array
   */
  public static String of(JsonNode value) {
    if (value.isContainer()) {
      throw new IllegalArgumentException("an object or an array has no text: " + value);
    }
    return !value.isNumber() || value.canConvertToLong() ? value.asString()
        : value.isIntegralNumber() ? of(new BigDecimal(value.asString())) : of(value.doubleValue());
  }

  private static String nonFinite(double value) {
    return Double.isNaN(value) ? "" : value > 0 ? "Infinity" : "-Infinity";
  }
}
