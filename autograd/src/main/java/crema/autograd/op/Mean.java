package crema.autograd.op;

import crema.autograd.BackwardPass;
import crema.autograd.Op;
import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.tensor.Tensor;
import crema.tensor.Write;
import java.util.List;

/**
 * The mean of all elements.
 *
 * @param x any shape, at least one element
 */
public record Mean(Variable x) implements Op {
  /** Σ x / n: {@code [1]}. */
  public static Variable apply(Tape tape, Variable x) {
    if (x.shape().elements() == 0) {
      throw new IllegalArgumentException("mean of no elements: x " + x.shape());
    }
    Tensor y = tape.scope().empty(Tape.sumType(x), 1);
    tape.ops().reduction().sum(x.value(), y, Write.SET);
    tape.ops().pointwise().scale(1.0 / x.shape().elements(), y, y);
    return tape.record(new Mean(x), y);
  }

  @Override
  public List<Variable> inputs() {
    return List.of(x);
  }

  @Override
  public void backward(Tensor upstream, BackwardPass pass) {
    pass.ops().pointwise().scale(1.0 / x.shape().elements(), upstream, upstream);
    new Sum(x).backward(upstream, pass);
  }
}
