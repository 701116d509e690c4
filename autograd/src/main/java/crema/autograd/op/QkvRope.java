package crema.autograd.op;

import crema.autograd.BackwardPass;
import crema.autograd.MultiOp;
import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.tensor.DType;
import crema.tensor.QkvGradients;
import crema.tensor.QkvWeights;
import crema.tensor.Sequences;
import crema.tensor.Shape;
import crema.tensor.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Queries, keys and values of an attention, with rotary positions on queries and keys: three {@link Linear} and two
 * {@link Rope} as one op, which a backend may fuse.
 *
 * @param x {@code [tokens, in]}
 * @param weights of q {@code [numHeads · headDim, in]}, and of k and v {@code [numKeyValueHeads · headDim, in]}
 * @param sequences how the tokens are cut
 * @param headDim an even number
 * @param theta the base of the angles
 * @param values the shapes of q, k and v
 * @param type of q, k and v
 */
public record QkvRope(Variable x, QkvWeights<Variable> weights, Sequences sequences, int headDim, double theta,
    List<Shape> values, DType type) implements MultiOp {
  /**
   * What the op gives.
   *
   * @param q {@code [tokens, numHeads · headDim]}
   * @param k {@code [tokens, numKeyValueHeads · headDim]}
   * @param v {@code [tokens, numKeyValueHeads · headDim]}
   */
  public record Values(Variable q, Variable k, Variable v) {}

  /** Queries and keys with rotary positions, and values. */
  public static Values apply(Tape tape, Variable x, QkvWeights<Variable> weights, Sequences sequences, int headDim,
      double theta) {
    Shape query = weights.query().shape();
    Shape key = weights.key().shape();
    if (headDim < 2 || headDim % 2 != 0 || x.shape().rank() != 2 || x.shape().rows() != sequences.tokens()
        || !fits(query, x, headDim) || !fits(key, x, headDim) || !weights.value().shape().equals(key)) {
      throw new IllegalArgumentException("qkvRope: x " + x.shape() + " and weights " + query + ", " + key + ", "
          + weights.value().shape() + " do not fit " + sequences.tokens() + " tokens and heads of " + headDim
          + " features, an even number");
    }
    DType type = tape.activationType(x);
    Shape queries = Shape.of(x.shape().rows(), query.rows());
    Shape keys = Shape.of(x.shape().rows(), key.rows());
    Tensor q = tape.scope().empty(type, queries);
    Tensor k = tape.scope().empty(type, keys);
    Tensor v = tape.scope().empty(type, keys);
    tape.ops().fused().qkvRope(x.value(), values(weights), sequences, headDim, theta, q, k, v);
    List<Variable> values = tape.record(
        new QkvRope(x, weights, sequences, headDim, theta, List.of(queries, keys, keys), type), List.of(q, k, v));
    return new Values(values.get(0), values.get(1), values.get(2));
  }

  private static boolean fits(Shape weight, Variable x, int headDim) {
    return weight.rank() == 2 && weight.extent(1) == x.shape().columns() && weight.extent(0) % headDim == 0;
  }

  private static QkvWeights<Tensor> values(QkvWeights<Variable> weights) {
    return new QkvWeights<>(weights.query().value(), weights.key().value(), weights.value().value());
  }

  @Override
  public List<Variable> inputs() {
    return List.of(x, weights.query(), weights.key(), weights.value());
  }

  @Override
  public void backward(List<@Nullable Tensor> upstream, BackwardPass pass) {
    Tensor dq = orZeros(upstream, 0, pass);
    Tensor dk = orZeros(upstream, 1, pass);
    Tensor dv = orZeros(upstream, 2, pass);
    var dx = pass.sink(x);
    pass.ops().fused().qkvRopeBackward(x.value(), values(weights), sequences, headDim, theta, dq, dk, dv, dx.tensor(),
        dx.write(), new QkvGradients(pass.accumulator(weights.query()), pass.accumulator(weights.key()),
            pass.accumulator(weights.value())));
  }

  private Tensor orZeros(List<@Nullable Tensor> upstream, int value, BackwardPass pass) {
    Tensor gradient = upstream.get(value);
    return gradient != null ? gradient : pass.scope().zeros(type, values.get(value));
  }
}
