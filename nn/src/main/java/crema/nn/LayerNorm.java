package crema.nn;

import crema.autograd.Tape;
import crema.autograd.Variable;
import org.jspecify.annotations.Nullable;

/** LayerNorm over the last dimension (arXiv 1607.06450). State-dict keys: {@code weight} and, if there is one,
 * {@code bias}. */
public final class LayerNorm extends Module {
  private final Variable weight;
  private final @Nullable Variable bias;
  private final float epsilon;

  /** Starts with a weight of ones and a bias of zeros. */
  public LayerNorm(ParameterSource source, int features, float epsilon) {
    this(source, features, epsilon, new Initializer.Constant(0));
  }

  /**
   * Starts with a weight of ones.
   *
   * @param biasInitializer null for a layer without a bias
   */
  public LayerNorm(ParameterSource source, int features, float epsilon, @Nullable Initializer biasInitializer) {
    this.epsilon = epsilon;
    weight = parameter("weight", source.create(new Initializer.Constant(1), features));
    bias = biasInitializer == null ? null : parameter("bias", source.create(biasInitializer, features));
  }

  /** The normalized rows, of x's shape {@code [rows, features]}. */
  public Variable forward(Tape tape, Variable x) {
    return crema.autograd.op.LayerNorm.apply(tape, x, weight, bias, epsilon);
  }
}
