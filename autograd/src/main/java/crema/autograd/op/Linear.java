package crema.autograd.op;

import crema.autograd.BackwardPass;
import crema.autograd.Op;
import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.tensor.Activation;
import crema.tensor.MatMulOps;
import crema.tensor.Orientation;
import crema.tensor.PackedMatrix;
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
    Tensor y = tape.scope().empty(tape.activationType(x), shape(x.shape(), weight.shape(), bias));
    boolean recorded = bias == null ? tape.records(x, weight) : tape.records(x, weight, bias);
    Tensor preactivation = recorded && activation != Activation.IDENTITY ? tape.scope().emptyLike(y) : null;
    tape.ops().matMul().linear(x.value(), weight.value(), bias == null ? null : bias.value(), activation, y,
        preactivation);
    return tape.record(new Linear(x, weight, bias, activation, preactivation), y);
  }

  /**
   * A dense layer with a packed weight, for inference: the same bits as with the weight itself.
   *
   * @param weight packed {@code [out, in]}
   * @throws IllegalStateException when the tape would need a gradient of x or bias
   */
  public static Variable apply(Tape tape, Variable x, PackedMatrix weight, @Nullable Variable bias,
      Activation activation) {
    Shape out = shape(x.shape(), Shape.of(weight.rows(), weight.columns()), bias);
    if (bias == null ? tape.records(x) : tape.records(x, bias)) {
      throw new IllegalStateException("linear: a packed weight of " + weight.rows() + " x " + weight.columns()
          + " has no gradient; use the weight itself");
    }
    Tensor y = tape.scope().empty(tape.activationType(x), out);
    tape.ops().matMul().linear(x.value(), weight, bias == null ? null : bias.value(), activation, y);
    return Variable.constant(y);
  }

  /** The shape of the value, if the shapes of the inputs fit. */
  private static Shape shape(Shape x, Shape weight, @Nullable Variable bias) {
    if (x.rank() < 1 || weight.rank() != 2 || x.columns() != weight.extent(1)) {
      throw new IllegalArgumentException("linear: x " + x + " does not fit weight " + weight);
    }
    if (bias != null && !bias.shape().equals(Shape.of(weight.extent(0)))) {
      throw new IllegalArgumentException("linear: bias " + bias.shape() + " does not fit weight " + weight);
    }
    long[] extents = x.toArray();
    extents[extents.length - 1] = weight.extent(0);
    return Shape.of(extents);
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
