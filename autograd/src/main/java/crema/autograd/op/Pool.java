package crema.autograd.op;

import crema.autograd.BackwardPass;
import crema.autograd.Op;
import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.tensor.Pooling;
import crema.tensor.Sequences;
import crema.tensor.Tensor;
import java.util.List;

/**
 * One vector a sequence.
 *
 * @param pooling how its tokens become one
 * @param x {@code [tokens, features]}
 * @param sequences how the tokens are cut
 */
public record Pool(Pooling pooling, Variable x, Sequences sequences) implements Op {
  /** The pooled tokens: {@code [sequences, features]}. */
  public static Variable apply(Tape tape, Pooling pooling, Variable x, Sequences sequences) {
    if (x.shape().rank() != 2 || x.shape().rows() != sequences.tokens()) {
      throw new IllegalArgumentException("pool: x " + x.shape() + " does not hold the " + sequences.tokens()
          + " tokens of the sequences");
    }
    Tensor y = tape.scope().empty(Tape.sumType(x), sequences.count(), x.shape().columns());
    tape.ops().reduction().pool(pooling, x.value(), sequences, y);
    return tape.record(new Pool(pooling, x, sequences), y);
  }

  @Override
  public List<Variable> inputs() {
    return List.of(x);
  }

  @Override
  public void backward(Tensor upstream, BackwardPass pass) {
    Tensor dx = pass.scope().emptyLike(x.value());
    pass.ops().reduction().poolBackward(pooling, x.value(), sequences, upstream, dx);
    pass.add(x, dx);
  }
}
