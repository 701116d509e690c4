package crema.autograd.op;

import crema.autograd.BackwardPass;
import crema.autograd.Op;
import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.tensor.Activation;
import crema.tensor.Shape;
import crema.tensor.Tensor;
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
    tape.backend().ops().matMul().linear(x.value(), weight.value(), bias == null ? null : bias.value(), activation, y,
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
      pass.backend().ops().pointwise().activateBackward(activation, preactivation, upstream, upstream, false);
    }
    var kernels = pass.backend().ops().matMul();
    if (pass.needs(weight)) {
      var dweight = pass.sink(weight);
      kernels.matmul(upstream, true, x.value(), false, dweight.tensor(), dweight.accumulate());
    }
    if (bias != null && pass.needs(bias)) {
      var dbias = pass.sink(bias);
      pass.backend().ops().reduction().sumRows(upstream, dbias.tensor(), dbias.accumulate());
    }
    if (pass.needs(x)) {
      var dx = pass.sink(x);
      kernels.matmul(upstream, false, weight.value(), false, dx.tensor(), dx.accumulate());
    }
  }
}
