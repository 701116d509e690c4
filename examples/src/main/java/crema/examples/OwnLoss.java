package crema.examples;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.autograd.op.HostLoss;
import crema.nn.loss.Link;
import crema.nn.loss.Loss;
import crema.nn.loss.LossDefinition;
import crema.nn.loss.LossProvider;
import crema.nn.loss.Targets;
import java.util.List;

/**
 * A loss of one's own, for several labels: the squared hinge max(0, 1 − s·z)², with s = 1 for a label that a row has and
 * −1 for others, averaged over rows and labels. It is a service (see {@code META-INF/services}), so that with this
 * class on the class path {@code crema train --target multi --loss squared-hinge} trains with it.
 */
public final class OwnLoss implements Loss {
  @Override
  public Variable apply(Tape tape, Variable logits, Targets targets) {
    if (!(targets instanceof Targets.MultiHot labels)) {
      throw new IllegalArgumentException("the squared hinge takes several labels a row");
    }
    return HostLoss.apply(tape, logits, (z, gradient) -> {
      double sum = 0;
      for (int i = 0; i < z.length; i++) {
        double sign = 2 * labels.values()[i] - 1;
        double slack = Math.max(0, 1 - sign * z[i]);
        sum += slack * slack;
        gradient[i] = -2 * sign * slack / z.length;
      }
      return sum / z.length;
    });
  }

  /** Adds the loss to the catalog. */
  public static final class Provider implements LossProvider {
    @Override
    public List<LossDefinition> losses() {
      return List.of(LossDefinition.of("squared-hinge", "max(0, 1 - s z)^2, s = 1 for a row's labels and -1 for others")
          .fits(Targets.Form.MULTI_HOT, Link.SIGMOID)
          .creates((settings, labels) -> new OwnLoss()));
    }
  }
}
