package crema.autograd.op;

import crema.autograd.BackwardPass;
import crema.autograd.Op;
import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.tensor.Tensor;
import crema.tensor.Window;
import java.util.List;

/**
 * The mean of the pixels of each window; padding counts as zeros, channel by channel.
 *
 * @param x {@code [pictures, height, width, channels]}
 * @param window what is pooled
 */
public record AveragePool(Variable x, Window window) implements Op {
  /** The pooled pictures, {@code [pictures, vertical outputs, horizontal outputs, channels]}. */
  public static Variable apply(Tape tape, Variable x, Window window) {
    Tensor y = tape.scope().empty(Tape.sumType(x), Convolution.pooled("averagePool", x.shape(), window));
    tape.ops().spatial().averagePool(x.value(), window, y);
    return tape.record(new AveragePool(x, window), y);
  }

  @Override
  public List<Variable> inputs() {
    return List.of(x);
  }

  @Override
  public void backward(Tensor upstream, BackwardPass pass) {
    Tensor dx = pass.scope().emptyLike(x.value());
    pass.ops().spatial().averagePoolBackward(window, upstream, dx);
    pass.add(x, dx);
  }
}
