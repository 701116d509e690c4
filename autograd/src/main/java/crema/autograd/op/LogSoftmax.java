package crema.autograd.op;

import crema.autograd.BackwardPass;
import crema.autograd.Op;
import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.tensor.Tensor;
import java.util.List;

/**
 * xⱼ − log Σ exp x for each row.
 *
 * @param x {@code [.., columns]}
 * @param y the value, of x's shape
 */
public record LogSoftmax(Variable x, Tensor y) implements Op {
  /** xⱼ − log Σ exp x for each row, of x's shape. */
  public static Variable apply(Tape tape, Variable x) {
    Tensor y = tape.scope().emptyLike(x.value());
    tape.ops().reduction().logSoftmax(x.value(), y);
    return tape.record(new LogSoftmax(x, y), y);
  }

  @Override
  public List<Variable> inputs() {
    return List.of(x);
  }

  @Override
  public void backward(Tensor upstream, BackwardPass pass) {
    Tensor dx = pass.scope().emptyLike(y);
    pass.ops().reduction().logSoftmaxBackward(y, upstream, dx);
    pass.add(x, dx);
  }
}
