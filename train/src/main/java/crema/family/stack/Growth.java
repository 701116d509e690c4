package crema.family.stack;

import java.util.Arrays;

/**
 * How sure models become of what is true when they learn from more rows: by how much the log-odds of it rise, at each
 * place of their distribution from the most doubtful rows on. Where the numbers of rows are in a geometric progression, the
 * last step is taken to be worth what the one before it was, since accuracy and confidence grow about as the logarithm of
 * the number of rows.
 */
final class Growth {
  /** The most doubtful rows count, which decide on thresholds: of the bins of quantiles each is twice the one before. */
  private static final int BINS = 6;
  /** The fewest rows of a bin. */
  private static final int LEAST_BIN = 20;

  /** Of models that are not compared: nothing changes. */
  static final Growth NONE = new Growth(new double[] {0}, new double[] {0});

  private final double[] at;
  private final double[] rise;

  private Growth(double[] at, double[] rise) {
    this.at = at;
    this.rise = rise;
  }

  /**
   * Compares two models on the same rows.
   *
   * @param fewer the log-odds of what is true, by a model that learned from fewer rows
   * @param more those by a model that learned from more
   */
  static Growth of(double[] fewer, double[] more) {
    double[] before = fewer.clone();
    double[] after = more.clone();
    Arrays.sort(before);
    Arrays.sort(after);
    int bins = BINS;
    while (bins > 1 && end(after.length, 0, bins) < LEAST_BIN) {
      bins--;
    }
    if (end(after.length, 0, bins) < LEAST_BIN) {
      return NONE;
    }
    var at = new double[bins];
    var rise = new double[bins];
    int begin = 0;
    for (int bin = 0; bin < bins; bin++) {
      int end = end(after.length, bin, bins);
      at[bin] = Arrays.stream(after, begin, end).average().orElseThrow();
      rise[bin] = at[bin] - Arrays.stream(before, begin, end).average().orElseThrow();
      begin = end;
    }
    return new Growth(at, rise);
  }

  /** Where a bin ends: the last one at the end of all rows. */
  private static int end(int rows, int bin, int bins) {
    return (int) (rows * (Math.pow(2, bin + 1.0) - 1) / (Math.pow(2, bins) - 1));
  }

  /** What log-odds of what is true become with still more rows. */
  double grown(double logOdds) {
    int next = 0;
    while (next < at.length && at[next] <= logOdds) {
      next++;
    }
    if (next == 0) {
      return logOdds + rise[0];
    }
    if (next == at.length) {
      return logOdds + rise[at.length - 1];
    }
    double part = (logOdds - at[next - 1]) / (at[next] - at[next - 1]);
    return logOdds + rise[next - 1] + part * (rise[next] - rise[next - 1]);
  }
}
