package crema.nn.loss;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.autograd.op.HostLoss;

/**
 * Asymmetric loss (Ridnik et al., "Asymmetric Loss For Multi-Label Classification", ICCV 2021, section 2), averaged
 * over rows and labels (the authors' code sums):
 *
 * <pre>
 *   y = 1:   (1 − p)^γ⁺ · (−log p)
 *   y = 0:   pₘ^γ⁻ · (−log(1 − pₘ)),   pₘ = max(p − m, 0)
 * </pre>
 *
 * <p>The gradient flows through the modulation too. Takes {@link Targets.MultiHot}.
 *
 * @param gammaPositive γ⁺, at least 0
 * @param gammaNegative γ⁻, at least 0; the authors take 4
 * @param margin m, in [0, 1): negatives of a lower probability are dropped; the authors take 0.05
 */
public record AsymmetricLoss(double gammaPositive, double gammaNegative, double margin) implements Loss {
  /** Checks the ranges. */
  public AsymmetricLoss {
    Checks.atLeastZero("asymmetric gamma of positives", gammaPositive);
    Checks.atLeastZero("asymmetric gamma of negatives", gammaNegative);
    Checks.inUnitInterval("asymmetric margin", margin);
  }

  @Override
  public Variable apply(Tape tape, Variable logits, Targets targets) {
    var labels = LabelShares.of("asymmetric loss", logits, targets);
    return HostLoss.apply(tape, logits, (z, gradient) -> mean(labels.values(), z, gradient));
  }

  private double mean(double[] targets, double[] z, double[] gradient) {
    var positive = new BinaryTerm(gammaPositive);
    var unshifted = new BinaryTerm(gammaNegative);
    double scale = 1.0 / Math.max(1, z.length);
    double sum = 0;
    for (int i = 0; i < z.length; i++) {
      double y = targets[i];
      if (y > 0) {
        positive.at(z[i]);
        sum += y * positive.value();
        gradient[i] += y * scale * positive.slope();
      }
      if (y < 1 && margin == 0) {
        unshifted.at(-z[i]);
        sum += (1 - y) * unshifted.value();
        gradient[i] -= (1 - y) * scale * unshifted.slope();
      } else if (y < 1) {
        double p = 1 / (1 + Math.exp(-z[i]));
        double shifted = Math.max(p - margin, 0);
        double modulation = Math.pow(shifted, gammaNegative);
        // 1 − pₘ is at least the margin, so neither the logarithm nor the quotient overflows.
        double log = -Math.log1p(-shifted);
        sum += (1 - y) * modulation * log;
        if (shifted > 0) {
          double slope = modulation * (gammaNegative * log / shifted + 1 / (1 - shifted));
          gradient[i] += (1 - y) * scale * slope * p * (1 - p);
        }
      }
    }
    return sum * scale;
  }
}
