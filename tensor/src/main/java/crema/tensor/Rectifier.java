package crema.tensor;

/** What cuts off numbers after a batch norm, fused to it. */
public enum Rectifier {
  /** y = x. */
  NONE(Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY),
  /** y = max(x, 0). */
  RELU(0, Float.POSITIVE_INFINITY),
  /** y = min(max(x, 0), 6) (Howard et al., "MobileNets", arXiv 1704.04861). */
  RELU6(0, 6);

  private final float low;
  private final float high;

  Rectifier(float low, float high) {
    this.low = low;
    this.high = high;
  }

  /** Whether a gradient goes through, given the value. */
  public boolean passes(double y) {
    return this == NONE || y > low && y < high;
  }

  /** The smallest value. */
  public float low() {
    return low;
  }

  /** The largest value. */
  public float high() {
    return high;
  }
}
