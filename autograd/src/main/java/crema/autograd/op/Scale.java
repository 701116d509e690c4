package crema.autograd.op;

import crema.autograd.BackwardPass;
import crema.autograd.Op;
import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.tensor.Tensor;
import java.util.List;

/**
 * factor · x.
 *
 * @param x any shape
 * @param factor a constant
 */
public record Scale(Variable x, double factor) implements Op {
  /** factor · x, of x's shape. */
  public static Variable apply(Tape tape, Variable x, double factor) {
    Tensor y = tape.scope().emptyLike(x.value());
    tape.ops().pointwise().scale(factor, x.value(), y);
    return tape.record(new Scale(x, factor), y);
  }

  @Override
  public List<Variable> inputs() {
    return List.of(x);
  }

  @Override
  public void backward(Tensor upstream, BackwardPass pass) {
    pass.ops().pointwise().scale(factor, upstream, upstream);
    pass.add(x, upstream);
  }
}
