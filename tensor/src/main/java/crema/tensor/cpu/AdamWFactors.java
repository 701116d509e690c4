package crema.tensor.cpu;

import crema.tensor.AdamWStep;

/**
 * The numbers of an AdamW update as a kernel uses them, with PyTorch's arrangement of the bias corrections.
 *
 * @param gradientScale on the gradient
 * @param decay on the parameter, before the step
 * @param beta1 on the first moment
 * @param gradientShare 1 − beta1, on the gradient
 * @param beta2 on the second moment
 * @param squareShare 1 − beta2, on the gradient's square
 * @param rootFactor 1 / √(1 − beta2^step), on the second moment's root
 * @param epsilon added to that
 * @param stepSize learningRate / (1 − beta1^step)
 */
record AdamWFactors(float gradientScale, float decay, float beta1, float gradientShare, float beta2, float squareShare,
    float rootFactor, float epsilon, float stepSize) {

  static AdamWFactors of(AdamWStep step) {
    double correction1 = 1 - Math.pow(step.beta1(), step.step());
    double correction2 = 1 - Math.pow(step.beta2(), step.step());
    return new AdamWFactors((float) step.gradientScale(), (float) (1 - step.learningRate() * step.weightDecay()),
        (float) step.beta1(), (float) (1 - step.beta1()), (float) step.beta2(), (float) (1 - step.beta2()),
        (float) (1 / Math.sqrt(correction2)), (float) step.epsilon(), (float) (step.learningRate() / correction1));
  }
}
