package crema.nn.loss;

/**
 * Negative-tolerant regularisation: a label's logit z is replaced by z − v with v = −κ · b̂ and
 * b̂ = −log(N / n − 1), so that rare labels start from their prior, and the logit of a negative is multiplied by λ, so
 * that it is soon tolerated (Wu et al., ECCV 2020, section 3; Huang et al., EMNLP 2021).
 *
 * @param lambda λ, above 0, by which negatives' logits are multiplied
 * @param kappa κ, at least 0, how much of the prior is taken
 * @param negativeWeight what a negative's loss is multiplied by
 */
public record NegativeTolerance(double lambda, double kappa, double negativeWeight) {
  /** Checks the ranges. */
  public NegativeTolerance {
    Checks.aboveZero("negative-tolerant lambda", lambda);
    Checks.atLeastZero("negative-tolerant kappa", kappa);
    Checks.atLeastZero("negative-tolerant weight of negatives", negativeWeight);
  }

  /** The loss of negatives is multiplied by 1 / λ, as the papers have it. */
  public NegativeTolerance(double lambda, double kappa) {
    this(lambda, kappa, 1 / lambda);
  }
}
