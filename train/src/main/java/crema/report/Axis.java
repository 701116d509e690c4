package crema.report;

import java.util.Arrays;
import java.util.stream.LongStream;

/**
 * A linear scale with ticks at round numbers (Heckbert, "Nice numbers for graph labels", Graphics Gems, 1990).
 *
 * @param low the value at the start
 * @param high the value at the end, above {@code low}
 * @param step between two ticks: 1, 2 or 5 times a power of ten
 */
record Axis(double low, double high, double step) {

  /** From the least to the greatest value. */
  static Axis spanning(double[] values, int ticks) {
    double low = Arrays.stream(values).min().orElse(0);
    double high = Arrays.stream(values).max().orElse(1);
    if (high == low) {
      double margin = low == 0 ? 0.5 : Math.abs(low) / 2;
      low -= margin;
      high += margin;
    }
    return new Axis(low, high, niceStep((high - low) / ticks));
  }

  /** From a tick at or below the least value to a tick at or above the greatest. */
  static Axis rounded(double[] values, int ticks) {
    var exact = spanning(values, ticks);
    return new Axis(
        Math.floor(exact.low / exact.step) * exact.step, Math.ceil(exact.high / exact.step) * exact.step, exact.step);
  }

  /** Where {@code value} lies, from 0 at the start to 1 at the end. */
  double fraction(double value) {
    return (value - low) / (high - low);
  }

  double[] ticks() {
    // A tick that rounding put a hair outside still counts.
    long first = (long) Math.ceil(low / step - 1e-9);
    long last = (long) Math.floor(high / step + 1e-9);
    return LongStream.rangeClosed(first, last).mapToDouble(tick -> tick * step).toArray();
  }

  private static double niceStep(double roughStep) {
    double power = Math.pow(10, Math.floor(Math.log10(roughStep)));
    double leading = roughStep / power;
    return power * (leading <= 1 ? 1 : leading <= 2 ? 2 : leading <= 5 ? 5 : 10);
  }
}
