package crema.train;

/**
 * Which validation was the best so far, and whether it is time to stop.
 *
 * @param bestStep the step of the best validation; 0 before the first
 * @param bestValue its metric
 * @param sinceBest validations since then
 */
public record EarlyStopping(long bestStep, double bestValue, int sinceBest) {
  /** Before the first validation. */
  public static final EarlyStopping START = new EarlyStopping(0, Double.NaN, 0);

  /**
   * Takes a validation into account. Equal values are not better: of equals the earliest is kept.
   *
   * @param lowerIsBetter true for a loss
   */
  public EarlyStopping after(long step, double value, boolean lowerIsBetter) {
    boolean better = bestStep == 0 || (lowerIsBetter ? value < bestValue : value > bestValue);
    return better ? new EarlyStopping(step, value, 0) : new EarlyStopping(bestStep, bestValue, sinceBest + 1);
  }

  /** Whether the latest validation was better than all before. */
  public boolean improved() {
    return bestStep > 0 && sinceBest == 0;
  }

  /** Whether so many validations passed without a better one; never for a patience of 0. */
  public boolean isExhausted(int patience) {
    return patience > 0 && sinceBest >= patience;
  }
}
