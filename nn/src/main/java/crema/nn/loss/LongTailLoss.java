package crema.nn.loss;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.autograd.op.HostLoss;
import crema.tensor.Tensor;
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
 * <p>averaged over rows and classes. {@link BalancingMethod} names the combinations of the paper. Targets are
 * {@code [rows, classes]}, from 0 to 1.
 *
 * @param frequencies of the training data
 * @param reweighting gives r, or null for ones
 * @param tolerance gives v, λ and w⁻, or null for none
 * @param focus gives γ, α⁺ and α⁻
 * @param scale multiplies the loss
 */
public record LongTailLoss(ClassFrequencies frequencies, @Nullable Reweighting reweighting,
    @Nullable NegativeTolerance tolerance, Focus focus, double scale) implements Loss {
  public LongTailLoss {
    Checks.aboveZero("scale of the loss", scale);
  }

  @Override
  public Variable apply(Tape tape, Variable logits, Tensor targets) {
    var labels = MultiHot.read("long-tail loss", logits, targets);
    labels.requireClasses("class frequencies", frequencies.classes());
    return HostLoss.apply(tape, logits, (z, gradient) -> mean(labels, z, gradient));
  }

  private double mean(MultiHot labels, double[] z, double[] gradient) {
    int classes = labels.classes();
    var shifts = new double[classes];
    double slope = 1;
    double negative = focus.negative();
    if (tolerance != null) {
      Arrays.setAll(shifts, j -> tolerance.kappa() * frequencies.priorLogit(j));
      slope = tolerance.lambda();
      negative *= tolerance.negativeWeight();
    }
    var weights = new double[classes];
    Arrays.fill(weights, 1);
    Reweighting.Weights weighting = reweighting == null ? null : reweighting.weights(frequencies);
    var sum = new BinarySum(focus.gamma(), z, gradient);
    for (int from = 0; from < z.length; from += classes) {
      if (weighting != null) {
        weighting.of(labels.values(), from, weights);
      }
      for (int j = 0; j < classes; j++) {
        sum.add(from + j, labels.values()[from + j], weights[j] * focus.positive(), weights[j] * negative, shifts[j],
            slope);
      }
    }
    return sum.times(scale / Math.max(1, z.length));
  }
}
