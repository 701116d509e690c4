package crema.autograd.op;

import crema.autograd.BackwardPass;
import crema.autograd.Op;
import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.tensor.Tensor;
import java.util.List;

/**
 * silu(gate) · up for each element: a gated activation.
 *
 * @param gate any shape
 * @param up gate's shape
 */
public record SwiGlu(Variable gate, Variable up) implements Op {
  /** silu(gate) · up, of gate's shape. */
  public static Variable apply(Tape tape, Variable gate, Variable up) {
    if (!gate.shape().equals(up.shape())) {
      throw new IllegalArgumentException("swiglu: gate " + gate.shape() + " and up " + up.shape() + " differ");
    }
    Tensor y = tape.scope().emptyLike(gate.value());
    tape.ops().pointwise().swiglu(gate.value(), up.value(), y);
    return tape.record(new SwiGlu(gate, up), y);
  }

  @Override
  public List<Variable> inputs() {
    return List.of(gate, up);
  }

  @Override
  public void backward(Tensor upstream, BackwardPass pass) {
    Tensor dup = pass.scope().emptyLike(up.value());
    pass.ops().pointwise().swigluBackward(gate.value(), up.value(), upstream, upstream, dup);
    pass.add(up, dup);
    pass.add(gate, upstream);
  }
}
