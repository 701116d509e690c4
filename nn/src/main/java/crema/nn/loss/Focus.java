package crema.nn.loss;

/**
 * Focal modulation of binary cross-entropy, α · (1 − pₜ)^γ, where pₜ is the probability of the right answer (Lin et
 * al., "Focal Loss for Dense Object Detection", ICCV 2017, equations 4 and 5).
 *
 * @param gamma γ, at least 0: how much easy answers lose; 0 is plain cross-entropy
 * @param positive α of labels that a row has
 * @param negative α of labels that it has not
 */
public record Focus(double gamma, double positive, double negative) {
  /** No modulation: plain cross-entropy. */
  public static final Focus NONE = new Focus(0, 1, 1);

  /** Checks the ranges. */
  public Focus {
    Checks.atLeastZero("focal gamma", gamma);
    Checks.atLeastZero("focal alpha of positives", positive);
    Checks.atLeastZero("focal alpha of negatives", negative);
  }

  /** Lin et al., equation 4: no α. */
  public static Focus of(double gamma) {
    return new Focus(gamma, 1, 1);
  }

  /** Lin et al., equation 5: α for positives, 1 − α for negatives. */
  public static Focus balanced(double gamma, double alpha) {
    if (!(alpha >= 0 && alpha <= 1)) {
      throw new IllegalArgumentException("focal alpha must be in [0, 1], not " + alpha);
    }
    return new Focus(gamma, alpha, 1 - alpha);
  }
}
