package crema.nn.loss;

/** A loss of many labels on one row, on the host: for models that train without a tape. */
@FunctionalInterface
public interface RowLoss {
  /**
   * The loss, summed over the labels.
   *
   * @param targets {@code [labels]}, from 0 to 1
   * @param logits {@code [labels]}
   * @param gradient {@code [labels]}, zero: receives the derivative by each logit
   */
  double evaluate(double[] targets, double[] logits, double[] gradient);
}
