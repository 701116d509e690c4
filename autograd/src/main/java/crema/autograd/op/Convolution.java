package crema.autograd.op;

import crema.autograd.BackwardPass;
import crema.autograd.Op;
import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.tensor.Shape;
import crema.tensor.Tensor;
import crema.tensor.Window;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Convolution of pictures.
 *
 * @param x {@code [pictures, height, width, in]}
 * @param weight {@code [out, in / groups, window height, window width]}
 * @param bias {@code [out]}, or null
 * @param window how the weight moves over the pictures
 * @param groups parts that the channels are cut into, each of which reads only itself
 */
public record Convolution(Variable x, Variable weight, @Nullable Variable bias, Window window, int groups)
    implements Op {
  /** The sums over each window, {@code [pictures, vertical outputs, horizontal outputs, out]}. */
  public static Variable apply(Tape tape, Variable x, Variable weight, @Nullable Variable bias, Window window,
      int groups) {
    Shape weights = weight.shape();
    if (x.shape().rank() != 4 || weights.rank() != 4 || groups < 1 || x.shape().columns() % groups != 0
        || weights.extent(0) % groups != 0 || weights.extent(1) != x.shape().columns() / groups) {
      throw new IllegalArgumentException("convolution: x " + x.shape() + " does not fit weight " + weights + " in "
          + groups + " groups");
    }
    if (weights.extent(2) != window.vertical().size() || weights.extent(3) != window.horizontal().size()) {
      throw new IllegalArgumentException("convolution: weight " + weights + " does not fit the window, which is "
          + window.vertical().size() + " by " + window.horizontal().size());
    }
    if (bias != null && !bias.shape().equals(Shape.of(weights.extent(0)))) {
      throw new IllegalArgumentException("convolution: bias " + bias.shape() + " does not fit weight " + weights);
    }
    Tensor y = tape.scope().empty(Tape.sumType(x), outputs(x.shape(), window, weights.extent(0)));
    tape.ops().spatial().convolve(x.value(), weight.value(), bias == null ? null : bias.value(), window, groups, y);
    return tape.record(new Convolution(x, weight, bias, window, groups), y);
  }

  /** The shape of what a window gives of pictures. */
  static Shape outputs(Shape x, Window window, long channels) {
    return Shape.of(x.extent(0), window.vertical().outputs(Math.toIntExact(x.extent(1))),
        window.horizontal().outputs(Math.toIntExact(x.extent(2))), channels);
  }

  /** The shape of what a window gives of pictures, channel by channel, to an operation of a name. */
  static Shape pooled(String op, Shape x, Window window) {
    if (x.rank() != 4) {
      throw new IllegalArgumentException(op + ": x " + x + " is not [pictures, height, width, channels]");
    }
    return outputs(x, window, x.columns());
  }

  @Override
  public List<Variable> inputs() {
    return bias == null ? List.of(x, weight) : List.of(x, weight, bias);
  }

  @Override
  public void backward(Tensor upstream, BackwardPass pass) {
    var spatial = pass.ops().spatial();
    pass.add(weight, (dweight, write) -> spatial.convolveWeightBackward(x.value(), upstream, window, groups, dweight,
        write));
    if (bias != null) {
      pass.add(bias, (dbias, write) -> pass.ops().reduction().sumRows(upstream, dbias, write));
    }
    pass.add(x, (dx, write) -> spatial.convolveBackward(weight.value(), upstream, window, groups, dx, write));
  }
}
