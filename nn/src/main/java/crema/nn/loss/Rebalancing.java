package crema.nn.loss;

/**
 * Rebalanced weights r̂ = α + σ(β · (r − μ)), where r = (1/n) / Σ 1/n over the labels of the row: how often a row would
 * be drawn for this label, against how often it is drawn at all when labels are sampled evenly (Wu et al.,
 * "Distribution-Balanced Loss for Multi-Label Classification in Long-Tailed Datasets", ECCV 2020, section 3; Huang
 * et al., EMNLP 2021). A row without labels is never drawn: its r is infinite and r̂ = α + 1.
 *
 * @param alpha α, the least weight, at least 0
 * @param beta β, how steep the weight rises, above 0
 * @param mu μ, the r in the midst of the rise
 */
public record Rebalancing(double alpha, double beta, double mu) implements Reweighting {
  /** Checks the ranges. */
  public Rebalancing {
    Checks.atLeastZero("rebalancing alpha", alpha);
    Checks.aboveZero("rebalancing beta", beta);
    if (!Double.isFinite(mu)) {
      throw new IllegalArgumentException("rebalancing mu must be finite, not " + mu);
    }
  }

  @Override
  public Weights weights(LabelFrequencies frequencies) {
    var inverses = new double[frequencies.labels()];
    for (int j = 0; j < inverses.length; j++) {
      inverses[j] = 1 / frequencies.count(j);
    }
    return (targets, from, weights) -> {
      double drawn = 0;
      for (int j = 0; j < inverses.length; j++) {
        drawn += targets[from + j] * inverses[j];
      }
      for (int j = 0; j < inverses.length; j++) {
        weights[j] = alpha + 1 / (1 + Math.exp(-beta * (inverses[j] / drawn - mu)));
      }
    };
  }
}
