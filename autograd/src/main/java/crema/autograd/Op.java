package crema.autograd;

import static java.util.Objects.requireNonNull;

import crema.tensor.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A differentiable operation that was carried out and gave one value: its inputs, what it saved, and how a gradient
 * goes back through it.
 *
 * <p>Each op is a record in a file of its own in {@code crema.autograd.op}, with a static method that checks shapes,
 * computes the value and {@linkplain Tape#record(Op, Tensor) records} the op.
 */
public interface Op extends MultiOp {
  /**
   * Sends the gradient on to the inputs that need it.
   *
   * @param upstream the gradient of the loss with respect to the op's value, of the value's shape; the op's own, which
   *     may overwrite it
   * @param pass where the inputs' gradients go
   */
  void backward(Tensor upstream, BackwardPass pass);

  @Override
  default void backward(List<@Nullable Tensor> upstream, BackwardPass pass) {
    backward(requireNonNull(upstream.getFirst()), pass);
  }
}
