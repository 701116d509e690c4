package crema.autograd.op;

import static java.util.Objects.requireNonNull;

import crema.autograd.BackwardPass;
import crema.autograd.Op;
import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.tensor.AttentionSpec;
import crema.tensor.Sequences;
import crema.tensor.Shape;
import crema.tensor.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Attention within each sequence of a packed batch.
 *
 * @param q {@code [tokens, numHeads · headDim]}
 * @param k {@code [tokens, numKeyValueHeads · headDim]}
 * @param v {@code [tokens, numKeyValueHeads · headDim]}
 * @param sequences how the tokens are cut
 * @param spec heads, scale, causality, dropout
 * @param y the value, {@code [tokens, numHeads · headDim]}
 * @param logSumExp {@code [tokens, numHeads]}: the logarithms of the softmax's denominators; null when no gradient is
 *     wanted
 */
public record Attention(Variable q, Variable k, Variable v, Sequences sequences, AttentionSpec spec, Tensor y,
    @Nullable Tensor logSumExp) implements Op {
  /** softmax(scale · q kᵀ) v within each sequence and head: {@code [tokens, numHeads · headDim]}. */
  public static Variable apply(Tape tape, Variable q, Variable k, Variable v, Sequences sequences,
      AttentionSpec spec) {
    Shape queries = Shape.of(sequences.tokens(), (long) spec.numHeads() * spec.headDim());
    Shape keys = Shape.of(sequences.tokens(), (long) spec.numKeyValueHeads() * spec.headDim());
    if (!q.shape().equals(queries) || !k.shape().equals(keys) || !v.shape().equals(keys)) {
      throw new IllegalArgumentException("attention: q " + q.shape() + ", k " + k.shape() + " and v " + v.shape()
          + " must be " + queries + ", " + keys + " and " + keys);
    }
    Tensor y = tape.scope().emptyLike(q.value());
    Tensor logSumExp =
        tape.records(q, k, v) ? tape.scope().empty(Tape.sumType(q), sequences.tokens(), spec.numHeads()) : null;
    tape.ops().attention().attention(q.value(), k.value(), v.value(), sequences, spec, y, logSumExp);
    return tape.record(new Attention(q, k, v, sequences, spec, y, logSumExp), y);
  }

  /**
   * Like {@link #apply(Tape, Variable, Variable, Variable, Sequences, AttentionSpec)}, with weights dropped while
   * training.
   *
   * @param spec without dropout
   * @param dropout the probability that a weight is dropped when the tape is training
   */
  public static Variable apply(Tape tape, Variable q, Variable k, Variable v, Sequences sequences, AttentionSpec spec,
      float dropout) {
    boolean drops = dropout > 0 && tape.isTraining();
    return apply(tape, q, k, v, sequences, drops ? spec.withDropout(dropout, tape.nextRandom()) : spec);
  }

  @Override
  public List<Variable> inputs() {
    return List.of(q, k, v);
  }

  @Override
  public List<Tensor> saved() {
    return logSumExp == null ? List.of() : List.of(logSumExp);
  }

  @Override
  public void backward(Tensor upstream, BackwardPass pass) {
    Tensor dq = pass.scope().emptyLike(q.value());
    Tensor dk = pass.scope().emptyLike(k.value());
    Tensor dv = pass.scope().emptyLike(v.value());
    pass.ops().attention().attentionBackward(q.value(), k.value(), v.value(), sequences, spec, y,
        requireNonNull(logSumExp), upstream, dq, dk, dv);
    pass.add(q, dq);
    pass.add(k, dk);
    pass.add(v, dv);
  }
}
