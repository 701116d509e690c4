package crema.report;

import java.util.Arrays;

/**
 * How long calls took that each answered some texts of one length.
 *
 * @param length of each text, in what the model counts
 * @param batch texts of a call
 * @param calls how many were timed
 * @param p50 milliseconds that half of the calls did not exceed
 * @param p95 milliseconds that 95 of 100 calls did not exceed
 * @param p99 milliseconds that 99 of 100 calls did not exceed
 * @param textsPerSecond texts over the sum of the times
 */
public record Latency(int length, int batch, int calls, double p50, double p95, double p99, double textsPerSecond) {
  private static final double NANOS_A_MILLI = 1e6;
  private static final double NANOS_A_SECOND = 1e9;

  /**
   * Sums up calls.
   *
   * @param nanos the time of each, at least one
   */
  public static Latency of(int length, int batch, long[] nanos) {
    long[] sorted = nanos.clone();
    Arrays.sort(sorted);
    double total = Arrays.stream(sorted).sum();
    return new Latency(length, batch, sorted.length, percentile(sorted, 0.50), percentile(sorted, 0.95),
        percentile(sorted, 0.99), batch * (double) sorted.length / (total / NANOS_A_SECOND));
  }

  /** The least time that a share of the calls did not exceed (the nearest rank). */
  private static double percentile(long[] sorted, double share) {
    int rank = (int) Math.ceil(share * sorted.length);
    return sorted[Math.max(0, rank - 1)] / NANOS_A_MILLI;
  }
}
