package crema.base;

/**
 * A scheme against unbalanced labels. It gives each label with n examples a weight an example; used in the loss as it
 * is, or in sampling as the label's chance, which is the weight times n.
 *
 * <table>
 * <caption>The schemes</caption>
 * <tr><th>scheme</th><th>weight of an example</th><th>chance of a label</th></tr>
 * <tr><td>{@link Natural}</td><td>1</td><td>n</td></tr>
 * <tr><td>{@link Balanced}</td><td>1 / n</td><td>1</td></tr>
 * <tr><td>{@link SquareRoot}</td><td>1 / √n</td><td>√n</td></tr>
 * <tr><td>{@link EffectiveNumber}</td><td>(1 − β) / (1 − βⁿ)</td><td>n (1 − β) / (1 − βⁿ)</td></tr>
 * </table>
 */
public sealed interface LabelBalance {
  /** Every example alike. */
  record Natural() implements LabelBalance {}

  /** Every label alike. */
  record Balanced() implements LabelBalance {}

  /** Half way between the two: labels in proportion to the square root of their frequency. */
  record SquareRoot() implements LabelBalance {}

  /**
   * By the effective number of examples, (1 − βⁿ) / (1 − β): Cui et al., CVPR 2019, equations 2 and 3.
   *
   * @param beta from 0, where every example counts alike, to below 1, near which every label does
   */
  record EffectiveNumber(double beta) implements LabelBalance {
    /** Checks β. */
    public EffectiveNumber {
      if (!(beta >= 0 && beta < 1)) {
        throw new IllegalArgumentException("beta must be at least 0 and below 1, but is " + beta);
      }
    }
  }

  /** The weight of one example of a label that n examples have; 0 if n is 0. Not normalised. */
  default double weight(long n) {
    if (n == 0) {
      return 0;
    }
    return switch (this) {
      case Natural _ -> 1;
      case Balanced _ -> 1.0 / n;
      case SquareRoot _ -> 1 / Math.sqrt((double) n);
      case EffectiveNumber effective -> effectiveWeight(effective.beta(), n);
    };
  }

  /** 1 − βⁿ as −expm1(n log β), which keeps its digits where β is near 1. */
  private static double effectiveWeight(double beta, long n) {
    return beta == 0 ? 1 : (1 - beta) / -Math.expm1(n * Math.log(beta));
  }

  /**
   * The weight of each label in a loss, scaled so that the examples weigh 1 on average: Σ nᵢ wᵢ = Σ nᵢ. A label that
   * no example has weighs 0.
   *
   * @param counts how many examples have each label
   */
  default double[] labelWeights(long[] counts) {
    var weights = new double[counts.length];
    double examples = 0;
    double weighted = 0;
    for (int i = 0; i < counts.length; i++) {
      weights[i] = weight(counts[i]);
      examples += counts[i];
      weighted += counts[i] * weights[i];
    }
    for (int i = 0; i < counts.length && weighted > 0; i++) {
      weights[i] *= examples / weighted;
    }
    return weights;
  }
}
