package crema.nn.model;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.autograd.op.RmsNorm;
import crema.nn.ParameterSource;
import crema.tensor.Tensor;

/**
 * Division of the pooled vector by its length, and a {@link LinearHead}: for encoders that were trained by the cosines of
 * their vectors. State-dict keys: {@code weight} and {@code bias}.
 */
final class NormalizedHead extends PooledHead {
  /** Keeps a vector of zeros from being divided by 0. */
  private static final float EPSILON = 1e-12f;

  private final int features;
  private final LinearHead linear;

  NormalizedHead(ParameterSource source, int in, HeadConfig config, int numLabels) {
    features = in;
    linear = inline(new LinearHead(source, in, config, numLabels));
  }

  @Override
  Variable forward(Tape tape, Variable x) {
    // The length of a vector is the root of its mean square times the root of the number of its features.
    Tensor weight = tape.scope().empty(x.value().dtype(), features);
    weight.backend().ops().pointwise().fill(1 / Math.sqrt(features), weight);
    return linear.forward(tape, RmsNorm.apply(tape, x, Variable.constant(weight), EPSILON));
  }
}
