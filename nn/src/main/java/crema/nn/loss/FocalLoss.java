package crema.nn.loss;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.autograd.op.HostLoss;

/**
 * Focal loss of every label, averaged over rows and labels: −αₜ · (1 − pₜ)^γ · log pₜ, where pₜ is σ(z) for a label
 * that a row has and 1 − σ(z) for one that it has not (Lin et al., ICCV 2017, equations 4 and 5). Takes
 * {@link Targets.MultiHot}.
 *
 * @param focus γ and αₜ
 */
public record FocalLoss(Focus focus) implements Loss {
  @Override
  public Variable apply(Tape tape, Variable logits, Targets targets) {
    var labels = LabelShares.of("focal loss", logits, targets);
    return HostLoss.apply(tape, logits, (z, gradient) -> {
      var sum = new BinarySum(focus.gamma(), z, gradient);
      for (int i = 0; i < z.length; i++) {
        sum.add(i, labels.values()[i], focus.positive(), focus.negative());
      }
      return sum.times(1.0 / Math.max(1, z.length));
    });
  }
}
