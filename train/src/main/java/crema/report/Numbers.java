package crema.report;

import java.util.Locale;

/** How numbers are written for people, the same in every locale. */
public final class Numbers {

  private Numbers() {}

  /** A metric in [0, 1]: {@code 0.912}; a dash where there is none. */
  public static String metric(double value) {
    return Double.isFinite(value) ? String.format(Locale.ROOT, "%.3f", value) : "–";
  }

  /** A share: {@code 12.5%}. */
  public static String percent(double share) {
    return Double.isFinite(share) ? String.format(Locale.ROOT, "%.1f%%", 100 * share) : "–";
  }

  /** A share without decimals: {@code 95%}. */
  static String wholePercent(double share) {
    return String.format(Locale.ROOT, "%.0f%%", 100 * share);
  }

  /** A count with separators: {@code 12,345}. */
  public static String count(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }

  /** The name of a constant as a heading: {@code MACRO} is {@code Macro}. */
  static String title(Enum<?> constant) {
    return constant.name().charAt(0) + constant.name().substring(1).toLowerCase(Locale.ROOT);
  }

  /** A number of any size in few characters, as on an axis: {@code 0.25}, {@code 3e-4}, {@code 12k}. */
  static String compact(double value) {
    double size = Math.abs(value);
    if (!Double.isFinite(value)) {
      return "–";
    }
    if (size == 0) {
      return "0";
    }
    if (size < 1e-3 || size >= 1e9) {
      return scientific(value);
    }
    if (size >= 1e6) {
      return trimmed(value / 1e6) + "M";
    }
    return size >= 1e4 ? trimmed(value / 1e3) + "k" : trimmed(value);
  }

  private static String scientific(double value) {
    var parts = String.format(Locale.ROOT, "%.2e", value).split("e");
    return withoutZeros(parts[0]) + "e" + Integer.parseInt(parts[1]);
  }

  /** Four significant digits at most. */
  private static String trimmed(double value) {
    int decimals = Math.max(0, 3 - (int) Math.floor(Math.log10(Math.abs(value))));
    return withoutZeros(String.format(Locale.ROOT, "%." + decimals + "f", value));
  }

  private static String withoutZeros(String digits) {
    return digits.contains(".") ? digits.replaceAll("\\.?0+$", "") : digits;
  }
}
