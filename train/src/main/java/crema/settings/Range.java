package crema.settings;

/**
 * The numbers that a setting can be.
 *
 * @param low the least, which may be {@code -Infinity}
 * @param isLowIncluded whether it can be that number itself
 * @param high the greatest, which may be {@code Infinity}
 * @param isHighIncluded whether it can be that number itself
 */
record Range(double low, boolean isLowIncluded, double high, boolean isHighIncluded) {
  static final Range ALL = new Range(Double.NEGATIVE_INFINITY, true, Double.POSITIVE_INFINITY, true);

  /** Whether a number is in the range; NaN never is. */
  boolean contains(double value) {
    return (isLowIncluded ? value >= low : value > low) && (isHighIncluded ? value <= high : value < high);
  }

  Range from(double newLow, boolean isIncluded) {
    return new Range(newLow, isIncluded, high, isHighIncluded);
  }

  Range to(double newHigh, boolean isIncluded) {
    return new Range(low, isLowIncluded, newHigh, isIncluded);
  }

  /** The range in words, such as {@code at least 1}; empty if every number is in it. */
  @Override
  public String toString() {
    boolean isBelow = high < Double.POSITIVE_INFINITY;
    String upper = (isHighIncluded ? "at most " : "below ") + Numbers.text(high);
    if (low == Double.NEGATIVE_INFINITY) {
      return isBelow ? upper : "";
    }
    if (!isBelow) {
      return (isLowIncluded ? "at least " : "above ") + Numbers.text(low);
    }
    return isLowIncluded
        ? "from " + Numbers.text(low) + " to " + (isHighIncluded ? "" : "below ") + Numbers.text(high)
        : "above " + Numbers.text(low) + " and " + upper;
  }
}
