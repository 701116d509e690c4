package crema.autograd.op;

import crema.autograd.BackwardPass;
import crema.autograd.Op;
import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.tensor.DType;
import crema.tensor.Shape;
import crema.tensor.Tensor;
import java.util.List;

/**
 * silu(x · gateᵀ) · (x · upᵀ): the two projections of a gated feed-forward layer and their {@link SwiGlu} as one op,
 * which a backend may fuse.
 *
 * @param x {@code [tokens, in]}
 * @param weight {@code [2 · out, in]}: the rows of the gate, then those of what it gates
 * @param gate {@code [tokens, out]}: x · gateᵀ
 * @param up {@code [tokens, out]}: x · upᵀ
 */
public record GatedLinear(Variable x, Variable weight, Tensor gate, Tensor up) implements Op {
  /** silu(x · gateᵀ) · (x · upᵀ): {@code [tokens, out]}. */
  public static Variable apply(Tape tape, Variable x, Variable weight) {
    if (x.shape().rank() != 2 || weight.shape().rank() != 2 || weight.shape().extent(0) % 2 != 0
        || x.shape().extent(1) != weight.shape().extent(1)) {
      throw new IllegalArgumentException("gatedLinear: x " + x.shape() + " and weight " + weight.shape()
          + " must be [tokens, in] and [2 · out, in]");
    }
    DType dtype = x.value().dtype();
    Shape shape = Shape.of(x.shape().extent(0), weight.shape().extent(0) / 2);
    Tensor y = tape.scope().empty(dtype, shape);
    Tensor gate = tape.scope().empty(dtype, shape);
    Tensor up = tape.scope().empty(dtype, shape);
    tape.ops().fused().gatedLinear(x.value(), weight.value(), y, gate, up);
    if (!tape.records(x, weight)) {
      gate.close();
      up.close();
    }
    return tape.record(new GatedLinear(x, weight, gate, up), y);
  }

  @Override
  public List<Variable> inputs() {
    return List.of(x, weight);
  }

  @Override
  public List<Tensor> saved() {
    return List.of(gate, up);
  }

  @Override
  public void backward(Tensor upstream, BackwardPass pass) {
    var dx = pass.sink(x);
    pass.ops().fused().gatedLinearBackward(x.value(), weight.value(), gate, up, upstream, dx.tensor(), dx.write(),
        pass.accumulator(weight));
  }
}
