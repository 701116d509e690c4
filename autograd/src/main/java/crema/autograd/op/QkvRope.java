package crema.autograd.op;

import crema.autograd.BackwardPass;
import crema.autograd.MultiOp;
import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.tensor.DType;
import crema.tensor.Sequences;
import crema.tensor.Shape;
import crema.tensor.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Queries, keys and values of an attention from one weight, with rotary positions on queries and keys: three
 * {@link Linear} and two {@link Rope} as one op, which a backend may fuse.
 *
 * @param x {@code [tokens, in]}
 * @param weight {@code [(numHeads + 2 · numKeyValueHeads) · headDim, in]}: the rows of q, then those of k, then those
 *     of v
 * @param sequences how the tokens are cut
 * @param headDim an even number
 * @param theta the base of the angles
 * @param values the shapes of q, k and v
 */
public record QkvRope(Variable x, Variable weight, Sequences sequences, int headDim, double theta, List<Shape> values)
    implements MultiOp {
  /**
   * What the op gives.
   *
   * @param q {@code [tokens, numHeads · headDim]}
   * @param k {@code [tokens, numKeyValueHeads · headDim]}
   * @param v {@code [tokens, numKeyValueHeads · headDim]}
   */
  public record Values(Variable q, Variable k, Variable v) {}

  /** Queries and keys with rotary positions, and values. */
  public static Values apply(Tape tape, Variable x, Variable weight, Sequences sequences, int numHeads,
      int numKeyValueHeads, int headDim, double theta) {
    if (headDim < 2 || headDim % 2 != 0 || x.shape().rank() != 2 || x.shape().rows() != sequences.tokens()
        || !weight.shape().equals(Shape.of((numHeads + 2L * numKeyValueHeads) * headDim, x.shape().columns()))) {
      throw new IllegalArgumentException("qkvRope: x " + x.shape() + " and weight " + weight.shape() + " do not fit "
          + sequences.tokens() + " tokens and " + numHeads + " + 2 · " + numKeyValueHeads + " heads of " + headDim
          + " features, an even number");
    }
    DType dtype = x.value().dtype();
    Shape queries = Shape.of(x.shape().rows(), (long) numHeads * headDim);
    Shape keys = Shape.of(x.shape().rows(), (long) numKeyValueHeads * headDim);
    Tensor q = tape.scope().empty(dtype, queries);
    Tensor k = tape.scope().empty(dtype, keys);
    Tensor v = tape.scope().empty(dtype, keys);
    tape.ops().fused().qkvRope(x.value(), weight.value(), sequences, headDim, theta, q, k, v);
    List<Variable> values = tape.record(
        new QkvRope(x, weight, sequences, headDim, theta, List.of(queries, keys, keys)), List.of(q, k, v));
    return new Values(values.get(0), values.get(1), values.get(2));
  }

  @Override
  public List<Variable> inputs() {
    return List.of(x, weight);
  }

  @Override
  public void backward(List<@Nullable Tensor> upstream, BackwardPass pass) {
    Tensor dq = orZeros(upstream, 0, pass);
    Tensor dk = orZeros(upstream, 1, pass);
    Tensor dv = orZeros(upstream, 2, pass);
    var dx = pass.sink(x);
    pass.ops().fused().qkvRopeBackward(x.value(), weight.value(), sequences, headDim, theta, dq, dk, dv, dx.tensor(),
        dx.write(), pass.accumulator(weight));
  }

  private Tensor orZeros(List<@Nullable Tensor> upstream, int value, BackwardPass pass) {
    Tensor gradient = upstream.get(value);
    return gradient != null ? gradient : pass.scope().zeros(x.value().dtype(), values.get(value));
  }
}
