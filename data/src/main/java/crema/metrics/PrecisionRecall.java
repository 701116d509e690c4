package crema.metrics;

/**
 * Precision, recall and F1, each in [0, 1].
 *
 * @param precision the share of the predictions that are right
 * @param recall the share of the truth that is found
 * @param f1 the harmonic mean of both; of an average, the average of the F1s, not the F1 of the averages
 */
public record PrecisionRecall(double precision, double recall, double f1) {

  /** All zero: nothing found. */
  public static final PrecisionRecall ZERO = new PrecisionRecall(0, 0, 0);

  /** From counts; a ratio with a zero denominator is 0. */
  public static PrecisionRecall of(double truePositives, double predictions, double support) {
    return new PrecisionRecall(
        ratio(truePositives, predictions),
        ratio(truePositives, support),
        f1(truePositives, predictions, support));
  }

  /** F1 from counts: 2tp / (predictions + support), and 0 where that is 0 / 0. */
  public static double f1(double truePositives, double predictions, double support) {
    return ratio(2 * truePositives, predictions + support);
  }

  static double ratio(double part, double whole) {
    return whole == 0 ? 0 : part / whole;
  }
}
