package crema.autograd.op;

import crema.autograd.BackwardPass;
import crema.autograd.Op;
import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.tensor.Tensor;
import crema.tensor.Window;
import java.util.List;

/**
 * The largest pixel of each window, channel by channel.
 *
 * @param x {@code [pictures, height, width, channels]}
 * @param window what is pooled
 */
public record MaxPool(Variable x, Window window) implements Op {
  /** The pooled pictures, {@code [pictures, vertical outputs, horizontal outputs, channels]}. */
  public static Variable apply(Tape tape, Variable x, Window window) {
    Tensor y = tape.scope().empty(Tape.sumType(x), Convolution.pooled("maxPool", x.shape(), window));
    tape.ops().spatial().maxPool(x.value(), window, y);
    return tape.record(new MaxPool(x, window), y);
  }

  @Override
  public List<Variable> inputs() {
    return List.of(x);
  }

  @Override
  public void backward(Tensor upstream, BackwardPass pass) {
    Tensor dx = pass.scope().emptyLike(x.value());
    pass.ops().spatial().maxPoolBackward(x.value(), window, upstream, dx);
    pass.add(x, dx);
  }
}
