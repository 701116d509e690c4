package crema.tensor;

import crema.tensor.reference.ReferenceCall;

/** Gathering rows of a table, and the gradient of that. */
public interface Embedding {
  /**
   * y[t] = factor · table[ids[t]].
   *
   * @param table {@code [vocabulary, features]}
   * @param ids {@code I32 [tokens]}, each in [0, vocabulary)
   * @param y {@code [tokens, features]}
   */
  default void gather(Tensor table, Tensor ids, float factor, Tensor y) {
    ReferenceCall.run(y.backend(), call -> call.backend().embedding().gather(
        call.in(table), call.in(ids), factor, call.out(y)));
  }

  /**
   * The gradient of {@link #gather} with respect to the table: for each id that occurs, factor · Σ dy over its tokens
   * in ascending order.
   *
   * @param ids {@code I32 [tokens]}
   * @param dy {@code [tokens, features]}
   * @param scope owns the result
   */
  default SparseRows gatherBackward(Tensor ids, Tensor dy, float factor, Scope scope) {
    return ReferenceCall.sparse(scope, call -> call.backend().embedding().gatherBackward(
        call.in(ids), call.in(dy), factor, call.scope()));
  }

  /**
   * The sum of two row-sparse gradients.
   *
   * @param scope owns the result
   */
  default SparseRows add(SparseRows a, SparseRows b, Scope scope) {
    return ReferenceCall.sparse(scope, call -> call.backend().embedding().add(call.in(a), call.in(b), call.scope()));
  }

  /**
   * y[rows[i]] += values[i].
   *
   * @param y {@code [rows, columns]}
   */
  default void scatterAdd(SparseRows x, Tensor y) {
    ReferenceCall.run(y.backend(), call -> call.backend().embedding().scatterAdd(call.in(x), call.inOut(y)));
  }
}
