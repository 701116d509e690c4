package crema.autograd;

import crema.tensor.Tensor;
import java.util.List;

/**
 * A differentiable operation that was carried out: its inputs, what it saved, and how a gradient goes back through it.
 *
 * <p>Each op is a record in a file of its own in {@code crema.autograd.op}, with a static method that checks shapes,
 * computes the value and {@linkplain Tape#record records} the op.
 */
public interface Op {
  /** What the op depends on, parameters included. */
  List<Variable> inputs();

  /** Tensors that only the backward pass needs, apart from the values of inputs and output; released after it. */
  default List<Tensor> saved() {
    return List.of();
  }

  /**
   * Sends the gradient on to the inputs that need it.
   *
   * @param upstream the gradient of the loss with respect to the op's value, of the value's shape; the op's own, which
   *     may overwrite it
   * @param pass where the inputs' gradients go
   */
  void backward(Tensor upstream, BackwardPass pass);
}
