package crema.tokenizer;

import java.util.stream.DoubleStream;

/**
 * Numbers as {@code serde_json} reads them, with which Hugging Face's library reads scores: the digits as a whole
 * number, times or by a power of ten, rounded at each of the two. That can differ from the nearest double in the last
 * bit, and the last bit decides between ways to cut a text whose scores are equal.
 *
 * <p>Source: {@code f64_from_parts} in {@code de.rs} of serde-rs/json.
 */
final class RustNumber {
  private static final int MAX_POWER = 308;

  private RustNumber() {}

  /** Returns the value of a JSON number. */
  static double parse(String number) {
    var negative = number.startsWith("-");
    long digits = 0;
    int exponent = 0;
    var full = false;
    var fraction = false;
    int i = negative ? 1 : 0;
    for (; i < number.length() && number.charAt(i) != 'e' && number.charAt(i) != 'E'; i++) {
      var c = number.charAt(i);
      if (c == '.') {
        fraction = true;
        continue;
      }
      full |= Long.compareUnsigned(digits, Long.divideUnsigned(-1L - (c - '0'), 10)) > 0;
      if (!full) {
        digits = digits * 10 + (c - '0');
        exponent -= fraction ? 1 : 0;
      } else if (!fraction) {
        exponent++;
      }
    }
    if (i < number.length()) {
      exponent += Math.clamp(Long.parseLong(number.substring(i + 1).replace("+", "")), -1_000_000, 1_000_000);
    }
    var value = scaled(unsigned(digits), exponent);
    return negative ? -value : value;
  }

  /** Returns the shortest number that {@link #parse} makes the value of. */
  static double written(double value) {
    return DoubleStream.of(value, Math.nextUp(value), Math.nextDown(value), Math.nextUp(Math.nextUp(value)),
        Math.nextDown(Math.nextDown(value)))
        .filter(candidate -> parse(Double.toString(candidate)) == value).findFirst().orElse(value);
  }

  private static double unsigned(long digits) {
    return digits >= 0 ? digits : Double.parseDouble(Long.toUnsignedString(digits));
  }

  private static double scaled(double digits, int exponent) {
    var value = digits;
    var rest = exponent;
    while (rest < -MAX_POWER && value != 0) {
      value /= 1e308;
      rest += MAX_POWER;
    }
    if (rest > MAX_POWER || value == 0) {
      return value == 0 ? 0 : Double.POSITIVE_INFINITY;
    }
    var power = Double.parseDouble("1e" + Math.abs(rest));
    return rest >= 0 ? value * power : value / power;
  }
}
