package crema.nn.model;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.autograd.op.RmsNorm;
import crema.nn.Dropout;
import crema.nn.Initializer;
import crema.nn.Linear;
import crema.nn.ParameterSource;
import crema.tensor.Tensor;
import java.util.Arrays;

/**
 * Division of the pooled vector by its length, dropout, and one linear layer: for encoders that were trained by the
 * cosines of their vectors. State-dict keys: {@code weight} and {@code bias}.
 */
final class NormalizedHead extends PooledHead {
  /** That of BERT's layers. */
  private static final double STANDARD_DEVIATION = 0.02;
  /** Keeps a vector of zeros from being divided by 0. */
  private static final float EPSILON = 1e-12f;

  /** The length of a vector is the root of its mean square times the root of the number of its features. */
  private final double[] scale;
  private final Dropout dropout;
  private final Linear output;

  NormalizedHead(ParameterSource source, int in, HeadConfig config, int numLabels) {
    scale = new double[in];
    Arrays.fill(scale, 1 / Math.sqrt(in));
    dropout = new Dropout((float) config.dropout());
    output = inline(new Linear(source, in, numLabels, new Initializer.Normal(STANDARD_DEVIATION),
        new Initializer.Constant(0)));
  }

  @Override
  Variable forward(Tape tape, Variable x) {
    Tensor weight = tape.scope().empty(x.value().dtype(), scale.length).set(scale);
    Variable direction = RmsNorm.apply(tape, x, Variable.constant(weight), EPSILON);
    return output.forward(tape, dropout.forward(tape, direction));
  }
}
