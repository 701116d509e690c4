package crema.autograd.op;

import crema.autograd.BackwardPass;
import crema.autograd.Op;
import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.tensor.Activation;
import crema.tensor.Tensor;
import java.util.List;

/**
 * f(x) for each element.
 *
 * @param f the function
 * @param x any shape
 */
public record Activate(Activation f, Variable x) implements Op {
  /** f(x), of x's shape. */
  public static Variable apply(Tape tape, Activation f, Variable x) {
    Tensor y = tape.scope().emptyLike(x.value());
    tape.ops().pointwise().activate(f, x.value(), y);
    return tape.record(new Activate(f, x), y);
  }

  @Override
  public List<Variable> inputs() {
    return List.of(x);
  }

  @Override
  public void backward(Tensor upstream, BackwardPass pass) {
    pass.add(x, (dx, write) -> pass.ops().pointwise().activateBackward(f, x.value(), upstream, dx, write));
  }
}
