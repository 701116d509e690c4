package crema.autograd;

import crema.tensor.Shape;
import crema.tensor.Tensor;

/**
 * A tensor that a {@link Tape} knows: a parameter, an input, or what an op gave.
 *
 * <p>The value of what an op gave is released as the backward walk passes the op; read it before.
 */
public final class Variable {
  private final Tensor value;
  private boolean needsGradient;
  private final boolean leaf;

  private Variable(Tensor value, boolean needsGradient, boolean leaf) {
    this.value = value;
    this.needsGradient = needsGradient;
    this.leaf = leaf;
  }

  /** A leaf that receives a gradient. */
  public static Variable parameter(Tensor value) {
    return new Variable(value, true, true);
  }

  /** A leaf that receives none. */
  public static Variable constant(Tensor value) {
    return new Variable(value, false, true);
  }

  static Variable result(Tensor value) {
    return new Variable(value, true, false);
  }

  /**
   * Freezes a parameter, or lets it be trained again: a frozen one receives no gradient, and so is left alone by
   * optimizers. It counts for tapes that record after it.
   *
   * @throws IllegalStateException when this is the result of an op
   */
  public void setTrainable(boolean trainable) {
    if (!leaf) {
      throw new IllegalStateException("only a parameter can be frozen, not the result of an op of shape " + shape());
    }
    needsGradient = trainable;
  }

  /** The tensor: elements, type and shape. */
  public Tensor value() {
    return value;
  }

  /** The shape of the {@link #value}. */
  public Shape shape() {
    return value.shape();
  }

  /** Whether a loss that depends on this variable sends a gradient to it. */
  public boolean needsGradient() {
    return needsGradient;
  }

  /** Whether this is a parameter or an input rather than the result of a recorded op. */
  public boolean isLeaf() {
    return leaf;
  }

  @Override
  public String toString() {
    return "Variable " + value;
  }
}
