package crema.autograd.op;

import crema.autograd.BackwardPass;
import crema.autograd.Op;
import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.tensor.Activation;
import crema.tensor.MatMulOps;
import crema.tensor.Orientation;
import crema.tensor.Shape;
import crema.tensor.Tensor;
import crema.tensor.Write;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * activation(x · weightᵀ + bias): a dense layer as one op.
 *
 * @param x {@code [.., in]}
 * @param weight {@code [out, in]}
 * @param bias {@code [out]}, or null
 * @param activation applied to each element
 * @param preactivation {@code [.., out]}: what the activation was applied to; null when it is the value itself
 */
public record Linear(Variable x, Variable weight, @Nullable Variable bias, Activation activation,
    @Nullable Tensor preactivation) implements Op {
  /**
   * A dense layer: {@code [.., out]} for x {@code [.., in]}, weight {@code [out, in]} and bias {@code [out]} or null.
   */
  public static Variable apply(Tape tape, Variable x, Variable weight, @Nullable Variable bias,
      Activation activation) {
    Shape in = x.shape();
    if (in.rank() < 1 || weight.shape().rank() != 2 || in.columns() != weight.shape().extent(1)) {
      throw new IllegalArgumentException("linear: x " + in + " does not fit weight " + weight.shape());
    }
    if (bias != null && !bias.shape().equals(Shape.of(weight.shape().extent(0)))) {
      throw new IllegalArgumentException("linear: bias " + bias.shape() + " does not fit weight " + weight.shape());
    }
    long[] extents = in.toArray();
    extents[extents.length - 1] = weight.shape().extent(0);
    Tensor y = tape.scope().empty(x.value().dtype(), extents);
    boolean recorded = bias == null ? tape.records(x, weight) : tape.records(x, weight, bias);
    Tensor preactivation = recorded && activation != Activation.IDENTITY ? tape.scope().emptyLike(y) : null;
    tape.ops().matMul().linear(x.value(), weight.value(), bias == null ? null : bias.value(), activation, y,
        preactivation);
    return tape.record(new Linear(x, weight, bias, activation, preactivation), y);
  }

  @Override
  public List<Variable> inputs() {
    return bias == null ? List.of(x, weight) : List.of(x, weight, bias);
  }

  @Override
  public List<Tensor> saved() {
    return preactivation == null ? List.of() : List.of(preactivation);
  }

  @Override
  public void backward(Tensor upstream, BackwardPass pass) {
    if (preactivation != null) {
      pass.ops().pointwise().activateBackward(activation, preactivation, upstream, upstream, Write.SET);
    }
    MatMulOps products = pass.ops().matMul();
    pass.add(weight,
        (dweight, write) -> products.matmul(Orientation.TN, upstream, x.value(), dweight, write));
    if (bias != null) {
      pass.add(bias, (dbias, write) -> pass.ops().reduction().sumRows(upstream, dbias, write));
    }
    pass.add(x, (dx, write) -> products.matmul(Orientation.NN, upstream, weight.value(), dx, write));
  }
}
