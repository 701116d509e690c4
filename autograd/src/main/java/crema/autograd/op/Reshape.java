package crema.autograd.op;

import crema.autograd.BackwardPass;
import crema.autograd.Op;
import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.tensor.Tensor;
import java.util.List;

/**
 * The same elements in another shape.
 *
 * @param x any shape
 */
public record Reshape(Variable x) implements Op {
  /** A view of x in the given shape. */
  public static Variable apply(Tape tape, Variable x, long... extents) {
    return tape.record(new Reshape(x), tape.scope().adopt(x.value().reshape(extents)));
  }

  @Override
  public List<Variable> inputs() {
    return List.of(x);
  }

  @Override
  public void backward(Tensor upstream, BackwardPass pass) {
    pass.add(x, upstream);
  }
}
