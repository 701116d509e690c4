package crema.nn.loss;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.autograd.op.HostLoss;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Binary cross-entropy for many labels with a long tail, made of the parts that Huang et al. ("Balancing Methods for
 * Multi-label Text Classification with Long-Tailed Class Distribution", EMNLP 2021) combine:
 *
 * <pre>
 *   y = 1:   scale · r · α⁺ · (1 − q)^γ · (−log q),              q = σ(z − v)
 *   y = 0:   scale · r · α⁻ · w⁻ · q^γ · (−log(1 − q)),          q = σ(λ · (z − v))
 * </pre>
 *
 * <p>averaged over rows and labels. {@link BalancingMethod} names the combinations of the paper. Takes
 * {@link Targets.MultiHot}.
 *
 * @param frequencies of the training data
 * @param reweighting gives r, or null for ones
 * @param tolerance gives v, λ and w⁻, or null for none
 * @param focus gives γ, α⁺ and α⁻
 * @param scale multiplies the loss
 */
public record LongTailLoss(LabelFrequencies frequencies, @Nullable Reweighting reweighting,
    @Nullable NegativeTolerance tolerance, Focus focus, double scale) implements Loss {
  /** Checks the scale. */
  public LongTailLoss {
    Checks.aboveZero("scale of the loss", scale);
  }

  @Override
  public Variable apply(Tape tape, Variable logits, Targets targets) {
    var labels = LabelShares.of("long-tail loss", logits, targets);
    labels.requireLabels("label frequencies", frequencies.labels());
    return HostLoss.apply(tape, logits, (z, gradient) -> mean(labels, z, gradient));
  }

  private double mean(LabelShares labels, double[] z, double[] gradient) {
    var sum = new BinarySum(focus.gamma(), z, gradient);
    var terms = new Terms();
    double[] weights = terms.ones();
    for (int from = 0; from < z.length; from += labels.labels()) {
      terms.addRow(labels.values(), from, weights, sum);
    }
    return sum.times(scale / Math.max(1, z.length));
  }

  /** The loss of single rows, summed over the labels instead of averaged; safe for use by many threads at once. */
  public RowLoss ofRows() {
    var terms = new Terms();
    return (targets, logits, gradient) -> {
      var sum = new BinarySum(focus.gamma(), logits, gradient);
      terms.addRow(targets, 0, terms.ones(), sum);
      return sum.times(scale);
    };
  }

  /** What is the same for all rows. */
  private final class Terms {
    private final double[] shifts = new double[frequencies.labels()];
    private final double slope = tolerance == null ? 1 : tolerance.lambda();
    private final double negative = focus.negative() * (tolerance == null ? 1 : tolerance.negativeWeight());
    private final Reweighting.@Nullable Weights weighting =
        reweighting == null ? null : reweighting.weights(frequencies);

    Terms() {
      if (tolerance != null) {
        Arrays.setAll(shifts, j -> tolerance.kappa() * frequencies.priorLogit(j));
      }
    }

    double[] ones() {
      var weights = new double[shifts.length];
      Arrays.fill(weights, 1);
      return weights;
    }

    /** Adds the row whose targets and logits start at {@code from}; {@code weights} are ones, or room for others. */
    void addRow(double[] targets, int from, double[] weights, BinarySum sum) {
      if (weighting != null) {
        weighting.of(targets, from, weights);
      }
      for (int j = 0; j < weights.length; j++) {
        sum.add(from + j, targets[from + j], weights[j] * focus.positive(), weights[j] * negative, shifts[j], slope);
      }
    }
  }
}
