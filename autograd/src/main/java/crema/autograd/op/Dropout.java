package crema.autograd.op;

import crema.autograd.BackwardPass;
import crema.autograd.Op;
import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.base.Rng;
import crema.tensor.Tensor;
import java.util.List;

/**
 * Inverted dropout (Srivastava et al., JMLR 15, 2014): elements are zeroed with probability p and the others divided by
 * 1 − p. The mask is drawn again, not stored, for the backward pass.
 *
 * @param x any shape
 * @param p the probability that an element is dropped
 * @param random draws the mask
 */
public record Dropout(Variable x, float p, Rng.Stream random) implements Op {
  /** x with elements dropped if the tape is training and p is not zero; else x itself. */
  public static Variable apply(Tape tape, Variable x, float p) {
    if (!(p >= 0 && p < 1)) {
      throw new IllegalArgumentException("dropout probability " + p + " is not in [0, 1)");
    }
    if (!tape.isTraining() || p == 0) {
      return x;
    }
    var op = new Dropout(x, p, tape.nextRandom());
    Tensor y = tape.scope().emptyLike(x.value());
    tape.ops().pointwise().dropout(x.value(), p, op.random, y);
    return tape.record(op, y);
  }

  @Override
  public List<Variable> inputs() {
    return List.of(x);
  }

  @Override
  public void backward(Tensor upstream, BackwardPass pass) {
    pass.ops().pointwise().dropout(upstream, p, random, upstream);
    pass.add(x, upstream);
  }
}
