package crema.nn.train;

/**
 * Which validation was the best so far, and whether it is time to stop.
 *
 * @param bestStep the step of the best validation; 0 before the first
 * @param bestValue its metric
 * @param sinceBest validations since then
 */
record EarlyStopping(long bestStep, double bestValue, int sinceBest) {
  /** Before the first validation. */
  static final EarlyStopping START = new EarlyStopping(0, Double.NaN, 0);

  /**
   * Takes a validation into account. With a tolerance of 1, equal values are not better: of equals the earliest is
   * kept.
   *
   * @param better which values are better
   * @param tolerance what the best value is multiplied by, for a loss divided by, before it is compared: below 1, a
   *     value that is a little worse becomes the best all the same, as later weights are often the better ones
   */
  EarlyStopping after(long step, double value, Validation.Better better, double tolerance) {
    boolean isBest = bestStep == 0 || switch (better) {
      case LOWER -> value < bestValue / tolerance;
      case HIGHER -> value > bestValue * tolerance;
    };
    return isBest ? new EarlyStopping(step, value, 0) : new EarlyStopping(bestStep, bestValue, sinceBest + 1);
  }

  /** Whether the latest validation became the best. */
  boolean improved() {
    return bestStep > 0 && sinceBest == 0;
  }

  /** Whether so many validations passed without a better one; never for a patience of 0. */
  boolean isExhausted(int patience) {
    return patience > 0 && sinceBest >= patience;
  }
}
