package crema.nn.model;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.autograd.op.MatMul;
import crema.autograd.op.RmsNorm;
import crema.autograd.op.Scale;
import crema.nn.Initializer;
import crema.nn.ParameterSource;
import crema.nn.loss.ArcFace;
import crema.tensor.Orientation;
import crema.tensor.Tensor;

/**
 * The cosines of the pooled vector with one vector a label, times {@link ArcFace#SCALE}: for losses of angles. State-dict
 * key: {@code weight}, the vectors of the labels.
 */
final class CosineHead extends PooledHead {
  /** Keeps a vector of zeros from being divided by 0. */
  private static final float EPSILON = 1e-12f;

  private final int features;
  private final Variable weight;

  CosineHead(ParameterSource source, int in, int numLabels) {
    features = in;
    weight = parameter("weight", source.create(new Initializer.Normal(1 / Math.sqrt(in)), numLabels, in));
  }

  @Override
  Variable forward(Tape tape, Variable x) {
    return Scale.apply(tape, MatMul.apply(tape, Orientation.NT, unit(tape, x), unit(tape, weight)), ArcFace.SCALE);
  }

  /** The length of a vector is the root of its mean square times the root of the number of its features. */
  private Variable unit(Tape tape, Variable vectors) {
    Tensor factor = tape.scope().empty(vectors.value().dtype(), features);
    factor.backend().ops().pointwise().fill(1 / Math.sqrt(features), factor);
    return RmsNorm.apply(tape, vectors, Variable.constant(factor), EPSILON);
  }
}
