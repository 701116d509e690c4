package crema.tensor;

/**
 * How a batch norm computes.
 *
 * @param epsilon added to variances
 * @param rectifier what cuts off the result
 * @param statistics where means and variances come from, and so whether gradients go through them
 */
public record BatchNormSpec(float epsilon, Rectifier rectifier, Statistics statistics) {
  /** Where means and variances come from. */
  public enum Statistics {
    /** From the batch itself. */
    BATCH,
    /** From elsewhere: they are constants. */
    FIXED
  }
}
