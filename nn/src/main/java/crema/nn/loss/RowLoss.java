package crema.nn.loss;

/** A loss of many labels on one row, on the host: for models that train without a tape. */
@FunctionalInterface
public interface RowLoss {
  /**
   * The loss, summed over the classes.
   *
   * @param targets {@code [classes]}, from 0 to 1
   * @param logits {@code [classes]}
   * @param gradient {@code [classes]}, zero: receives the derivative by each logit
   */
  double evaluate(double[] targets, double[] logits, double[] gradient);
}
