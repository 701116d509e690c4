package crema.metrics;

/**
 * An estimate and the interval around it.
 *
 * @param estimate the value on the documents themselves
 * @param low the lower end
 * @param high the upper end
 * @param level how often such an interval holds the true value, for instance 0.95
 */
public record Interval(double estimate, double low, double high, double level) {
  private static final double LEVEL = 0.95;
  /** The normal deviate of both ends of the level together. */
  private static final double DEVIATE = 1.959963984540054;

  /**
   * Of a share, by the method of E. B. Wilson ("Probable Inference", 1927), which holds for few and for rare ones too.
   *
   * @param counted of how many it holds
   * @param all of how many; the interval is from 0 to 1 where there are none
   */
  public static Interval ofShare(long counted, long all) {
    if (all == 0) {
      return new Interval(Double.NaN, 0, 1, LEVEL);
    }
    return new Interval((double) counted / all, wilson(counted, all, -DEVIATE), wilson(counted, all, DEVIATE), LEVEL);
  }

  /** An end of Wilson's interval. */
  static double wilson(double counted, double all, double deviate) {
    double share = counted / all;
    double squared = deviate * deviate / all;
    double middle = share + squared / 2;
    double half = deviate * Math.sqrt(Math.max(0, share * (1 - share)) / all + squared / all / 4);
    return Math.clamp((middle + half) / (1 + squared), 0, 1);
  }
}
