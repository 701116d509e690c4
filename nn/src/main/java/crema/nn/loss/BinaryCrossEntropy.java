package crema.nn.loss;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.autograd.op.HostLoss;
import org.jspecify.annotations.Nullable;

/**
 * Binary cross-entropy of every label, averaged over rows and labels: with p = σ(z),
 * −posWeight · y · log p − (1 − y) · log(1 − p), as PyTorch's {@code BCEWithLogitsLoss} has it. Label smoothing ε takes
 * y · (1 − ε) + ε / 2 for y (Szegedy et al., arXiv 1512.00567, section 7, for two classes). Takes
 * {@link Targets.MultiHot}.
 */
public final class BinaryCrossEntropy implements Loss {
  private final double smoothing;
  private final double @Nullable [] posWeight;

  /** Neither smoothing nor weights. */
  public BinaryCrossEntropy() {
    this(0, null);
  }

  /**
   * Cross-entropy with options.
   *
   * @param smoothing ε, in [0, 1)
   * @param posWeight how much a positive of each label weighs against a negative, or null for ones
   */
  public BinaryCrossEntropy(double smoothing, double @Nullable [] posWeight) {
    Checks.inUnitInterval("label smoothing", smoothing);
    if (posWeight != null) {
      Checks.allAtLeastZero("posWeight", posWeight);
    }
    this.smoothing = smoothing;
    this.posWeight = posWeight == null ? null : posWeight.clone();
  }

  @Override
  public Variable apply(Tape tape, Variable logits, Targets targets) {
    var labels = LabelShares.of("binary cross-entropy", logits, targets);
    if (posWeight != null) {
      labels.requireLabels("posWeights", posWeight.length);
    }
    return HostLoss.apply(tape, logits, (z, gradient) -> {
      var sum = new BinarySum(0, z, gradient);
      for (int i = 0; i < z.length; i++) {
        double target = labels.values()[i] * (1 - smoothing) + smoothing / 2;
        sum.add(i, target, posWeight == null ? 1 : posWeight[i % labels.labels()], 1);
      }
      return sum.times(1.0 / Math.max(1, z.length));
    });
  }
}
