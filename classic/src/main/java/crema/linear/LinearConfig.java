package crema.linear;

/**
 * How a {@link LinearModel} is trained; the parameters and defaults of scikit-learn's {@code LinearSVC}, which has no
 * weights of features.
 *
 * @param loss what is minimised, together with half the squared length of the weights
 * @param c the loss's weight; the larger, the closer the fit
 * @param interceptScaling the constant feature that carries the intercept, which is therefore regularised, the less so
 *     the larger the constant; 0 for hyperplanes through the origin
 * @param classWeights weights that multiply {@code c}
 * @param featureWeights how far the weight of a feature may go
 * @param tolerance training of a label ends when no projected gradients are further apart (for {@link
 *     LinearLoss#LOGISTIC}: when no gradient is larger)
 * @param maxIterations or after so many passes
 * @param seed chooses the order in which texts are visited
 */
public record LinearConfig(LinearLoss loss, double c, double interceptScaling, ClassWeights classWeights,
    FeatureWeights featureWeights, double tolerance, int maxIterations, long seed) {
  /** scikit-learn's defaults. */
  public static final LinearConfig DEFAULTS =
      new LinearConfig(LinearLoss.SQUARED_HINGE, 1, 1, ClassWeights.NONE, FeatureWeights.NONE, 1e-4, 1000, 0);

  /** Checks the ranges. */
  public LinearConfig {
    requirePositive("C", c);
    requirePositive("the tolerance", tolerance);
    if (!(interceptScaling >= 0) || Double.isInfinite(interceptScaling)) {
      throw new IllegalArgumentException("the intercept scaling must be 0 or more, not " + interceptScaling);
    }
    if (maxIterations < 1) {
      throw new IllegalArgumentException("there must be at least 1 iteration, not " + maxIterations);
    }
  }

  private static void requirePositive(String name, double value) {
    if (!(value > 0) || Double.isInfinite(value)) {
      throw new IllegalArgumentException(name + " must be positive, not " + value);
    }
  }

  /** The same with another loss. */
  public LinearConfig withLoss(LinearLoss newLoss) {
    return new LinearConfig(newLoss, c, interceptScaling, classWeights, featureWeights, tolerance, maxIterations, seed);
  }

  /** The same with another C. */
  public LinearConfig withC(double newC) {
    return new LinearConfig(loss, newC, interceptScaling, classWeights, featureWeights, tolerance, maxIterations, seed);
  }

  /** The same with another constant feature for the intercept. */
  public LinearConfig withInterceptScaling(double scaling) {
    return new LinearConfig(loss, c, scaling, classWeights, featureWeights, tolerance, maxIterations, seed);
  }

  /** The same with other class weights. */
  public LinearConfig withClassWeights(ClassWeights weights) {
    return new LinearConfig(loss, c, interceptScaling, weights, featureWeights, tolerance, maxIterations, seed);
  }

  /** The same with other weights of features. */
  public LinearConfig withFeatureWeights(FeatureWeights weights) {
    return new LinearConfig(loss, c, interceptScaling, classWeights, weights, tolerance, maxIterations, seed);
  }

  /** The same with another end of training. */
  public LinearConfig withTolerance(double newTolerance, int newMaxIterations) {
    return new LinearConfig(loss, c, interceptScaling, classWeights, featureWeights, newTolerance, newMaxIterations,
        seed);
  }

  /** The same with another seed. */
  public LinearConfig withSeed(long newSeed) {
    return new LinearConfig(loss, c, interceptScaling, classWeights, featureWeights, tolerance, maxIterations, newSeed);
  }
}
