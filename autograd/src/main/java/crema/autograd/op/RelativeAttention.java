package crema.autograd.op;

import static java.util.Objects.requireNonNull;

import crema.autograd.BackwardPass;
import crema.autograd.Op;
import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.tensor.AttentionSpec;
import crema.tensor.DType;
import crema.tensor.RelativePositions;
import crema.tensor.Sequences;
import crema.tensor.Shape;
import crema.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Attention within each sequence of a packed batch, with terms for the distance of query and key
 * ({@link RelativePositions}).
 *
 * @param q {@code [tokens, numHeads · headDim]}
 * @param k {@code [tokens, numHeads · headDim]}
 * @param v {@code [tokens, numHeads · headDim]}
 * @param tables what is added by bucket
 * @param sequences how the tokens are cut
 * @param spec heads, scale, causality, dropout
 * @param y the value, {@code [tokens, numHeads · headDim]}
 * @param logSumExp {@code [tokens, numHeads]}: the logarithms of the softmax's denominators; null when no gradient is
 *     wanted
 */
public record RelativeAttention(Variable q, Variable k, Variable v, Tables tables, Sequences sequences,
    AttentionSpec spec, Tensor y, @Nullable Tensor logSumExp) implements Op {
  /**
   * The terms of distances; any but the buckets may be absent.
   *
   * @param buckets {@code I32 [2 · longest − 1]}: the bucket of distance i − j at element longest − 1 + i − j
   * @param keys {@code [buckets, numHeads · headDim]}, which queries are multiplied with; or null
   * @param queries {@code [buckets, numHeads · headDim]}, which keys are multiplied with; or null
   * @param bias {@code [buckets, numHeads]}, added after scaling; or null
   */
  public record Tables(Tensor buckets, @Nullable Variable keys, @Nullable Variable queries, @Nullable Variable bias) {
    private RelativePositions values() {
      return new RelativePositions(buckets, value(keys), value(queries), value(bias));
    }

    private static @Nullable Tensor value(@Nullable Variable table) {
      return table == null ? null : table.value();
    }

    private List<Variable> present() {
      var tables = new ArrayList<Variable>();
      for (Variable table : new @Nullable Variable[] {keys, queries, bias}) {
        if (table != null) {
          tables.add(table);
        }
      }
      return tables;
    }
  }

  /**
   * {@code [tokens, numHeads · headDim]}.
   *
   * @param spec without dropout, and with as many key and value heads as query heads
   * @param dropout the probability that a weight is dropped when the tape is training
   */
  public static Variable apply(Tape tape, Variable q, Variable k, Variable v, Tables tables, Sequences sequences,
      AttentionSpec spec, float dropout) {
    Shape heads = Shape.of(sequences.tokens(), (long) spec.numHeads() * spec.headDim());
    if (!q.shape().equals(heads) || !k.shape().equals(heads) || !v.shape().equals(heads)
        || spec.numKeyValueHeads() != spec.numHeads()) {
      throw new IllegalArgumentException("relativeAttention: q " + q.shape() + ", k " + k.shape() + " and v "
          + v.shape() + " must be " + heads + " with as many key and value heads");
    }
    if (tables.buckets.dtype() != DType.I32 || tables.buckets.elements() != 2L * sequences.longest() - 1) {
      throw new IllegalArgumentException("relativeAttention: buckets " + tables.buckets.dtype() + " "
          + tables.buckets.shape() + " must be I32 [" + (2 * sequences.longest() - 1) + "]");
    }
    requireColumns("keys", tables.keys, heads.columns());
    requireColumns("queries", tables.queries, heads.columns());
    requireColumns("bias", tables.bias, spec.numHeads());
    boolean drops = dropout > 0 && tape.isTraining();
    AttentionSpec dropping = drops ? spec.withDropout(dropout, tape.nextRandom()) : spec;
    Tensor y = tape.scope().emptyLike(q.value());
    var inputs = inputs(q, k, v, tables);
    Tensor logSumExp = tape.records(inputs.toArray(Variable[]::new))
        ? tape.scope().empty(Tape.sumType(q), sequences.tokens(), spec.numHeads()) : null;
    tape.ops().attention().relativeAttention(q.value(), k.value(), v.value(), tables.values(), sequences, dropping, y,
        logSumExp);
    return tape.record(new RelativeAttention(q, k, v, tables, sequences, dropping, y, logSumExp), y);
  }

  private static void requireColumns(String what, @Nullable Variable table, long columns) {
    if (table != null && (table.shape().rank() != 2 || table.shape().columns() != columns)) {
      throw new IllegalArgumentException("relativeAttention: " + what + " " + table.shape() + " must be [buckets, "
          + columns + "]");
    }
  }

  private static List<Variable> inputs(Variable q, Variable k, Variable v, Tables tables) {
    var inputs = new ArrayList<>(List.of(q, k, v));
    inputs.addAll(tables.present());
    return inputs;
  }

  @Override
  public List<Variable> inputs() {
    return inputs(q, k, v, tables);
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
    var gradients = new RelativePositions(tables.buckets, like(tables.keys, pass), like(tables.queries, pass),
        like(tables.bias, pass));
    pass.ops().attention().relativeAttentionBackward(q.value(), k.value(), v.value(), tables.values(), sequences, spec,
        y, requireNonNull(logSumExp), upstream, dq, dk, dv, gradients);
    pass.add(q, dq);
    pass.add(k, dk);
    pass.add(v, dv);
    add(tables.keys, gradients.keys(), pass);
    add(tables.queries, gradients.queries(), pass);
    add(tables.bias, gradients.bias(), pass);
  }

  private static @Nullable Tensor like(@Nullable Variable table, BackwardPass pass) {
    return table == null ? null : pass.scope().emptyLike(table.value());
  }

  private static void add(@Nullable Variable table, @Nullable Tensor gradient, BackwardPass pass) {
    if (table != null && gradient != null) {
      pass.add(table, gradient);
    }
  }
}
