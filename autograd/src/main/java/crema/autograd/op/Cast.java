package crema.autograd.op;

import crema.autograd.BackwardPass;
import crema.autograd.Op;
import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.tensor.DType;
import crema.tensor.Tensor;
import java.util.List;

/**
 * The same numbers in another type, rounded where it has fewer bits.
 *
 * @param x any shape
 */
public record Cast(Variable x) implements Op {
  /** x as numbers of a type: x itself if it has that type. */
  public static Variable apply(Tape tape, Variable x, DType type) {
    if (x.value().dtype() == type) {
      return x;
    }
    Tensor y = tape.scope().empty(type, x.shape());
    tape.ops().pointwise().copy(x.value(), y);
    return tape.record(new Cast(x), y);
  }

  @Override
  public List<Variable> inputs() {
    return List.of(x);
  }

  @Override
  public void backward(Tensor upstream, BackwardPass pass) {
    Tensor dx = pass.scope().emptyLike(x.value());
    pass.ops().pointwise().copy(upstream, dx);
    pass.add(x, dx);
  }
}
