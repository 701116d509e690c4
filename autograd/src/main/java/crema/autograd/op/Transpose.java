package crema.autograd.op;

import crema.autograd.BackwardPass;
import crema.autograd.Op;
import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.tensor.Tensor;
import java.util.List;

/**
 * Each of some matrices transposed: from channels first to channels last, or back.
 *
 * @param x {@code [matrices, rows, columns]}
 */
public record Transpose(Variable x) implements Op {
  /** The transposed matrices, {@code [matrices, columns, rows]}. */
  public static Variable apply(Tape tape, Variable x) {
    if (x.shape().rank() != 3) {
      throw new IllegalArgumentException("transpose: x " + x.shape() + " is not [matrices, rows, columns]");
    }
    Tensor y = tape.scope().empty(Tape.sumType(x), x.shape().extent(0), x.shape().extent(2), x.shape().extent(1));
    tape.ops().spatial().transpose(x.value(), y);
    return tape.record(new Transpose(x), y);
  }

  /** Pictures {@code [pictures, channels, height, width]} with their channels last. */
  public static Variable channelsLast(Tape tape, Variable pictures) {
    if (pictures.shape().rank() != 4) {
      throw new IllegalArgumentException(
          "transpose: x " + pictures.shape() + " is not [pictures, channels, height, width]");
    }
    long[] extents = pictures.shape().toArray();
    Variable matrices = Reshape.apply(tape, pictures, extents[0], extents[1], extents[2] * extents[3]);
    return Reshape.apply(tape, apply(tape, matrices), extents[0], extents[2], extents[3], extents[1]);
  }

  @Override
  public List<Variable> inputs() {
    return List.of(x);
  }

  @Override
  public void backward(Tensor upstream, BackwardPass pass) {
    Tensor dx = pass.scope().emptyLike(x.value());
    pass.ops().spatial().transpose(upstream, dx);
    pass.add(x, dx);
  }
}
