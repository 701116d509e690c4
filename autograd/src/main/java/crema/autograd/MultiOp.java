package crema.autograd;

import crema.tensor.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A differentiable operation that was carried out and gave several values: its inputs, what it saved, and how gradients
 * go back through it. Most give one value: {@link Op}.
 */
public interface MultiOp {
  /** What the op depends on, parameters included. */
  List<Variable> inputs();

  /** Tensors that only the backward pass needs, apart from the values of inputs and output; released after it. */
  default List<Tensor> saved() {
    return List.of();
  }

  /**
   * Sends gradients on to the inputs that need them.
   *
   * @param upstream for each of the op's values the gradient of the loss with respect to it, of the value's shape, or
   *     null where the loss does not depend on it, though not for all; the op's own, which may overwrite them
   * @param pass where the inputs' gradients go
   */
  void backward(List<@Nullable Tensor> upstream, BackwardPass pass);
}
