package crema.plugin;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.autograd.op.HostLoss;
import crema.nn.loss.Link;
import crema.nn.loss.Loss;
import crema.nn.loss.LossDefinition;
import crema.nn.loss.LossProvider;
import crema.nn.loss.LossSetting;
import crema.nn.loss.Targets;
import java.util.List;

/** A loss that is not Crema's own, as a user adds one: this class, and its name in {@code META-INF/services}. */
public final class HingeLosses implements LossProvider {
  /** How far a logit must be on its side. */
  public static final LossSetting.Decimal MARGIN =
      new LossSetting.Decimal("hinge-margin", 1, 0, 100, "Of hinge: how far a logit must be on its side.");

  @Override
  public List<LossDefinition> losses() {
    return List.of(LossDefinition.of("hinge", "max(0, margin - z) of each label that a row has, and of -z of others.")
        .fits(Targets.Form.MULTI_HOT, Link.SIGMOID)
        .settings(MARGIN)
        .creates((settings, labels) -> new Hinge(settings.get(MARGIN))));
  }

  private record Hinge(double margin) implements Loss {
    @Override
    public Variable apply(Tape tape, Variable logits, Targets targets) {
      double[] values = ((Targets.MultiHot) targets).values();
      return HostLoss.apply(tape, logits, (z, gradient) -> {
        double sum = 0;
        for (int i = 0; i < z.length; i++) {
          double side = values[i] > 0 ? 1 : -1;
          double missing = margin - side * z[i];
          if (missing > 0) {
            sum += missing / z.length;
            gradient[i] = -side / z.length;
          }
        }
        return sum;
      });
    }
  }
}
