package crema.nn.loss;

/** A weighted sum of binary (focal) cross-entropies over the elements of a matrix of logits, and its gradient. */
final class BinarySum {
  private final BinaryTerm term;
  private final double[] logits;
  private final double[] gradient;
  private double sum;

  /** An empty sum; what is added adds to {@code gradient} too. */
  BinarySum(double gamma, double[] logits, double[] gradient) {
    this.term = new BinaryTerm(gamma);
    this.logits = logits;
    this.gradient = gradient;
  }

  /** Adds the element {@code i}: target · positive · ℓ(z) + (1 − target) · negative · ℓ(−z). */
  void add(int i, double target, double positive, double negative) {
    add(i, target, positive, negative, 0, 1);
  }

  /**
   * Adds the element {@code i}: target · positive · ℓ(z + shift) + (1 − target) · negative · ℓ(−slope · (z + shift)).
   */
  void add(int i, double target, double positive, double negative, double shift, double slope) {
    double z = logits[i] + shift;
    if (target > 0) {
      term.at(z);
      sum += target * positive * term.value();
      gradient[i] += target * positive * term.slope();
    }
    if (target < 1) {
      term.at(-slope * z);
      sum += (1 - target) * negative * term.value();
      gradient[i] -= (1 - target) * negative * slope * term.slope();
    }
  }

  /** Ends the sum: multiplies it and its gradient by a factor. */
  double times(double factor) {
    for (int i = 0; i < gradient.length; i++) {
      gradient[i] *= factor;
    }
    return sum * factor;
  }
}
