package crema.audit;

/**
 * Two labels that are taken for each other.
 *
 * @param first the one label
 * @param second the other
 * @param firstAsSecond how many rows of the first label are more like the second
 * @param secondAsFirst how many rows of the second label are more like the first
 * @param share of all rows of both
 */
public record LabelOverlap(String first, String second, int firstAsSecond, int secondAsFirst, double share) {
  /** How many rows are taken for one of the other label. */
  public int count() {
    return firstAsSecond + secondAsFirst;
  }
}
