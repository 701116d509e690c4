package crema.autograd.op;

import crema.autograd.BackwardPass;
import crema.autograd.Op;
import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.tensor.Tensor;
import java.util.List;

/**
 * Pictures as rows of square patches that lie side by side: a {@link Linear} layer of them is a convolution whose stride
 * is its window.
 *
 * @param x {@code [pictures, channels, height, width]}
 * @param size pixels of a patch's side
 */
public record Patches(Variable x, int size) implements Op {
  /**
   * The patches from left to right and top to bottom, {@code [pictures · (height / size) · (width / size), channels · size
   * · size]}; what fills no patch is left out.
   */
  public static Variable apply(Tape tape, Variable x, int size) {
    if (x.shape().rank() != 4 || size < 1 || x.shape().extent(2) < size || x.shape().extent(3) < size) {
      throw new IllegalArgumentException("patches: x " + x.shape() + " has no patches of " + size + " by " + size
          + " pixels; it must be [pictures, channels, height, width]");
    }
    Tensor y = tape.scope().empty(Tape.sumType(x),
        x.shape().extent(0) * (x.shape().extent(2) / size) * (x.shape().extent(3) / size),
        x.shape().extent(1) * size * size);
    tape.ops().spatial().patches(x.value(), size, y);
    return tape.record(new Patches(x, size), y);
  }

  @Override
  public List<Variable> inputs() {
    return List.of(x);
  }

  @Override
  public void backward(Tensor upstream, BackwardPass pass) {
    Tensor dx = pass.scope().emptyLike(x.value());
    pass.ops().spatial().patchesBackward(size, upstream, dx);
    pass.add(x, dx);
  }
}
