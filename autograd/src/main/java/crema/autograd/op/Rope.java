package crema.autograd.op;

import crema.autograd.BackwardPass;
import crema.autograd.Op;
import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.tensor.Sequences;
import crema.tensor.Tensor;
import java.util.List;

/**
 * Rotary position embedding: queries or keys turned by an angle that grows with the position in the sequence.
 *
 * @param x {@code [tokens, heads · headDim]}
 * @param sequences how the tokens are cut
 * @param headDim an even number
 * @param theta the base of the angles
 */
public record Rope(Variable x, Sequences sequences, int headDim, double theta) implements Op {
  /** x with rotary positions, of x's shape {@code [tokens, heads · headDim]}. */
  public static Variable apply(Tape tape, Variable x, Sequences sequences, int headDim, double theta) {
    if (headDim < 2 || headDim % 2 != 0 || x.shape().rank() != 2 || x.shape().columns() % headDim != 0) {
      throw new IllegalArgumentException("rope: x " + x.shape() + " cannot be cut into heads of " + headDim
          + " features, an even number");
    }
    if (x.shape().rows() != sequences.tokens()) {
      throw new IllegalArgumentException("rope: x " + x.shape() + " does not hold the " + sequences.tokens()
          + " tokens of the sequences");
    }
    Tensor y = tape.scope().emptyLike(x.value());
    tape.ops().attention().rope(x.value(), sequences, headDim, theta, y);
    return tape.record(new Rope(x, sequences, headDim, theta), y);
  }

  @Override
  public List<Variable> inputs() {
    return List.of(x);
  }

  @Override
  public void backward(Tensor upstream, BackwardPass pass) {
    pass.ops().attention().ropeBackward(upstream, sequences, headDim, theta, upstream);
    pass.add(x, upstream);
  }
}
