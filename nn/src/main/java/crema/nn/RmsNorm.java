package crema.nn;

import crema.autograd.Tape;
import crema.autograd.Variable;

/** RMSNorm over the last dimension (arXiv 1910.07467). State-dict key: {@code weight}. */
public final class RmsNorm extends Module {
  private final Variable weight;
  private final float epsilon;

  /** Starts with a weight of ones. */
  public RmsNorm(ParameterSource source, int features, float epsilon) {
    this.epsilon = epsilon;
    weight = parameter("weight", source.create(new Initializer.Constant(1), features));
  }

  /** The normalized rows, of x's shape {@code [rows, features]}. */
  public Variable forward(Tape tape, Variable x) {
    return crema.autograd.op.RmsNorm.apply(tape, x, weight, epsilon);
  }
}
