package crema.tensor.reference;

import crema.tensor.AdamWSlot;
import crema.tensor.AdamWStep;
import crema.tensor.ComposedOps;
import crema.tensor.Deferred;
import crema.tensor.OptimizerOps;
import crema.tensor.ReductionOps;
import crema.tensor.SparseRows;
import crema.tensor.Tensor;
import java.util.List;

/** The specification of {@link OptimizerOps}. */
final class ReferenceOptimizers implements OptimizerOps {
  private final ReductionOps reduction;

  ReferenceOptimizers(ReductionOps reduction) {
    this.reduction = reduction;
  }

  @Override
  public void adamW(Tensor parameter, Tensor gradient, Tensor firstMoment, Tensor secondMoment, AdamWStep step) {
    Elements parameters = Elements.of(parameter);
    Elements gradients = Elements.of(gradient);
    Elements first = Elements.of(firstMoment);
    Elements second = Elements.of(secondMoment);
    for (long i = 0; i < parameters.count(); i++) {
      update(parameters, gradients.get(i), first, second, i, step);
    }
  }

  @Override
  public void adamWSparse(Tensor parameter, SparseRows gradient, Tensor firstMoment, Tensor secondMoment,
      AdamWStep step) {
    Elements parameters = Elements.of(parameter);
    Elements rows = Elements.of(gradient.rows());
    Elements values = Elements.of(gradient.values());
    Elements first = Elements.of(firstMoment);
    Elements second = Elements.of(secondMoment);
    long columns = parameter.shape().columns();
    long next = 0;
    for (long row = 0; row < parameter.shape().rows(); row++) {
      boolean present = next < rows.count() && rows.getInt(next) == row;
      for (long j = 0; j < columns; j++) {
        double g = present ? values.get(next * columns + j) : 0;
        update(parameters, g, first, second, row * columns + j, step);
      }
      next += present ? 1 : 0;
    }
  }

  private static void update(Elements parameters, double gradient, Elements first, Elements second, long i,
      AdamWStep step) {
    double g = gradient * step.gradientScale();
    double m = step.beta1() * first.get(i) + (1 - step.beta1()) * g;
    double v = step.beta2() * second.get(i) + (1 - step.beta2()) * g * g;
    double correction1 = 1 - Math.pow(step.beta1(), step.step());
    double correction2 = 1 - Math.pow(step.beta2(), step.step());
    double decayed = parameters.get(i) * (1 - step.learningRate() * step.weightDecay());
    parameters.set(i, decayed
        - step.learningRate() * (m / correction1) / (Math.sqrt(v / correction2) + step.epsilon()));
    first.set(i, m);
    second.set(i, v);
  }

  @Override
  public Deferred adamWAll(List<AdamWSlot> slots, double maxNorm) {
    return ComposedOps.adamWAll(this, reduction, slots, maxNorm);
  }

  @Override
  public void sgd(Tensor parameter, Tensor gradient, double learningRate, double gradientScale) {
    Elements parameters = Elements.of(parameter);
    Elements gradients = Elements.of(gradient);
    for (long i = 0; i < parameters.count(); i++) {
      parameters.add(i, -learningRate * gradientScale * gradients.get(i));
    }
  }
}
