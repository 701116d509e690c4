package crema.autograd.op;

import crema.autograd.BackwardPass;
import crema.autograd.Op;
import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.tensor.BinaryOperator;
import crema.tensor.Tensor;
import java.util.List;

/**
 * The sum of all elements.
 *
 * @param x any shape
 */
public record Sum(Variable x) implements Op {
  /** Σ x: {@code [1]}. */
  public static Variable apply(Tape tape, Variable x) {
    Tensor y = tape.scope().empty(x.value().dtype(), 1);
    tape.backend().ops().reduction().sum(x.value(), y, false);
    return tape.record(new Sum(x), y);
  }

  @Override
  public List<Variable> inputs() {
    return List.of(x);
  }

  @Override
  public void backward(Tensor upstream, BackwardPass pass) {
    Tensor dx = pass.accumulator(x);
    pass.backend().ops().pointwise().binary(BinaryOperator.ADD, dx, upstream, dx);
  }
}
