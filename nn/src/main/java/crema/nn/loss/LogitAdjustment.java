package crema.nn.loss;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.autograd.op.Binary;
import crema.tensor.Tensor;
import java.util.Arrays;

/**
 * Logit-adjusted softmax cross-entropy: a softmax loss of zⱼ + τ · log πⱼ, where πⱼ is the share of label j in the
 * training data (Menon et al., "Long-tail learning via logit adjustment", ICLR 2021, equation 10). With τ = 1 it is
 * balanced softmax, pⱼ ∝ nⱼ · exp zⱼ (Ren et al., "Balanced Meta-Softmax for Long-Tailed Visual Recognition", NeurIPS
 * 2020, equation 3). Predictions take z as it is. Takes {@link Targets.Indices}.
 */
public final class LogitAdjustment implements Loss {
  private final Loss softmaxLoss;
  private final double[] offsets;

  /**
   * Adjusts a softmax loss.
   *
   * @param softmaxLoss {@link SoftmaxCrossEntropy} or {@link SoftmaxFocal}
   * @param frequencies of the training data
   * @param tau τ, at least 0; 0 adjusts nothing
   */
  public LogitAdjustment(Loss softmaxLoss, LabelFrequencies frequencies, double tau) {
    Checks.atLeastZero("logit adjustment tau", tau);
    this.softmaxLoss = softmaxLoss;
    offsets = new double[frequencies.labels()];
    Arrays.setAll(offsets, j -> tau * frequencies.logPrior(j));
  }

  /** Balanced softmax: τ = 1. */
  public static LogitAdjustment balancedSoftmax(Loss softmaxLoss, LabelFrequencies frequencies) {
    return new LogitAdjustment(softmaxLoss, frequencies, 1);
  }

  @Override
  public Variable apply(Tape tape, Variable logits, Targets targets) {
    if (logits.shape().columns() != offsets.length) {
      throw new IllegalArgumentException(offsets.length + " label frequencies for " + logits.shape().columns()
          + " labels");
    }
    Tensor added = tape.scope().empty(logits.value().dtype(), offsets.length).set(offsets);
    Variable adjusted = Binary.add(tape, logits, Variable.constant(added));
    return softmaxLoss.apply(tape, adjusted, targets);
  }
}
