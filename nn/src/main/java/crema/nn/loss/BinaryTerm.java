package crema.nn.loss;

/**
 * One answer's focal cross-entropy ℓ(u) = (1 − σ(u))^γ · (−log σ(u)) and its derivative, where u is the logit of the
 * right answer.
 *
 * <p>With s = 1 − σ(u) = σ(−u): ℓ′(u) = −s^γ · (γ · (1 − s) · (−log σ(u)) + s). No negative power of s occurs, so
 * nothing overflows for any u, nor for γ below one.
 */
final class BinaryTerm {
  private final double gamma;
  private double value;
  private double slope;

  BinaryTerm(double gamma) {
    this.gamma = gamma;
  }

  /** Evaluates ℓ and ℓ′. */
  void at(double u) {
    double e = Math.exp(-Math.abs(u));
    double larger = 1 / (1 + e);
    double hit = u >= 0 ? larger : e * larger;
    double miss = u >= 0 ? e * larger : larger;
    double log = Math.max(-u, 0) + Math.log1p(e);
    double modulation = modulation(miss);
    value = modulation * log;
    slope = -modulation * (gamma * hit * log + miss);
  }

  private double modulation(double miss) {
    if (gamma == 0) {
      return 1;
    }
    return gamma == 2 ? miss * miss : Math.pow(miss, gamma);
  }

  /** ℓ at the last u. */
  double value() {
    return value;
  }

  /** ℓ′ at the last u. */
  double slope() {
    return slope;
  }
}
