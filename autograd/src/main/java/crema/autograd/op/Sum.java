package crema.autograd.op;

import crema.autograd.BackwardPass;
import crema.autograd.Op;
import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.tensor.BinaryOperator;
import crema.tensor.PointwiseOps;
import crema.tensor.Tensor;
import crema.tensor.Write;
import java.util.List;

/**
 * The sum of all elements.
 *
 * @param x any shape
 */
public record Sum(Variable x) implements Op {
  /** Σ x: {@code [1]}. */
  public static Variable apply(Tape tape, Variable x) {
    Tensor y = tape.scope().empty(Tape.sumType(x), 1);
    tape.ops().reduction().sum(x.value(), y, Write.SET);
    return tape.record(new Sum(x), y);
  }

  @Override
  public List<Variable> inputs() {
    return List.of(x);
  }

  @Override
  public void backward(Tensor upstream, BackwardPass pass) {
    PointwiseOps pointwise = pass.ops().pointwise();
    pass.add(x, (dx, write) -> {
      if (write == Write.SET) {
        pointwise.fill(0, dx);
      }
      if (dx.dtype() == upstream.dtype()) {
        pointwise.binary(BinaryOperator.ADD, dx, upstream, dx);
      } else {
        Tensor rounded = pass.scope().empty(dx.dtype(), 1);
        pointwise.copy(upstream, rounded);
        pointwise.binary(BinaryOperator.ADD, dx, rounded, dx);
        rounded.close();
      }
    });
  }
}
