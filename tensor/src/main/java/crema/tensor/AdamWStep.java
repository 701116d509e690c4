package crema.tensor;

/**
 * The numbers of one AdamW update.
 *
 * @param learningRate the step size of this step, after the schedule
 * @param beta1 decay of the first moment
 * @param beta2 decay of the second moment
 * @param epsilon added to the root of the second moment
 * @param weightDecay decoupled decay: the parameter is multiplied by 1 − learningRate · weightDecay
 * @param step the number of this update, from 1, for the bias correction
 * @param gradientScale multiplies the gradient: clipping without a pass of its own
 */
public record AdamWStep(double learningRate, double beta1, double beta2, double epsilon, double weightDecay, long step,
    double gradientScale) {
  /** The same update with the gradient multiplied once more. */
  public AdamWStep scaled(double factor) {
    return new AdamWStep(learningRate, beta1, beta2, epsilon, weightDecay, step, gradientScale * factor);
  }
}
