package crema.nn;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.autograd.op.Residual;
import crema.autograd.op.ResidualRmsNorm;

/** RMSNorm over the last dimension (arXiv 1910.07467). State-dict key: {@code weight}. */
public final class RmsNorm extends Module {
  private final Variable weight;
  private final float epsilon;

  /** Starts with a weight of ones. */
  public RmsNorm(ParameterSource source, int features, float epsilon) {
    this.epsilon = epsilon;
    weight = parameter("weight", source.create(new Initializer.Constant(1), features));
  }

  /** A residual connection, carried out, and what it gives, normalized. */
  public ResidualRmsNorm.Values forward(Tape tape, Residual residual) {
    return ResidualRmsNorm.apply(tape, residual, weight, epsilon);
  }

  /** The normalized rows, of x's shape {@code [rows, features]}. */
  public Variable forward(Tape tape, Variable x) {
    return crema.autograd.op.RmsNorm.apply(tape, x, weight, epsilon);
  }
}
