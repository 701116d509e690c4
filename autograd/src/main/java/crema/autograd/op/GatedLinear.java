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
 * @param gateWeight {@code [out, in]}
 * @param upWeight {@code [out, in]}, of what is gated
 * @param gate {@code [tokens, out]}: x · gateᵀ
 * @param up {@code [tokens, out]}: x · upᵀ
 */
public record GatedLinear(Variable x, Variable gateWeight, Variable upWeight, Tensor gate, Tensor up) implements Op {
  /** silu(x · gateᵀ) · (x · upᵀ): {@code [tokens, out]}. */
  public static Variable apply(Tape tape, Variable x, Variable gateWeight, Variable upWeight) {
    if (x.shape().rank() != 2 || gateWeight.shape().rank() != 2 || !gateWeight.shape().equals(upWeight.shape())
        || x.shape().extent(1) != gateWeight.shape().extent(1)) {
      throw new IllegalArgumentException("gatedLinear: x " + x.shape() + " and weights " + gateWeight.shape() + " and "
          + upWeight.shape() + " must be [tokens, in] and twice [out, in]");
    }
    DType dtype = tape.activationType(x);
    Shape shape = Shape.of(x.shape().extent(0), gateWeight.shape().extent(0));
    Tensor y = tape.scope().empty(dtype, shape);
    Tensor gate = tape.scope().empty(dtype, shape);
    Tensor up = tape.scope().empty(dtype, shape);
    tape.ops().fused().gatedLinear(x.value(), gateWeight.value(), upWeight.value(), y, gate, up);
    if (!tape.records(x, gateWeight, upWeight)) {
      gate.close();
      up.close();
    }
    return tape.record(new GatedLinear(x, gateWeight, upWeight, gate, up), y);
  }

  @Override
  public List<Variable> inputs() {
    return List.of(x, gateWeight, upWeight);
  }

  @Override
  public List<Tensor> saved() {
    return List.of(gate, up);
  }

  @Override
  public void backward(Tensor upstream, BackwardPass pass) {
    var dx = pass.sink(x);
    pass.ops().fused().gatedLinearBackward(x.value(), gateWeight.value(), upWeight.value(), gate, up, upstream,
        dx.tensor(), dx.write(), pass.accumulator(gateWeight), pass.accumulator(upWeight));
  }
}
