package crema.tensor;

/** Gathering rows of a table, and the gradient of that. */
public interface EmbeddingOps {
  /**
   * y[t] = factor · table[ids[t]].
   *
   * @param table {@code [vocabulary, features]}; where the backend {@linkplain Backend#widensHalves widens halves}, of 16
   *     bits too
   * @param ids {@code I32 [tokens]}, each in [0, vocabulary)
   * @param y {@code [tokens, features]}
   */
  void gather(Tensor table, Tensor ids, float factor, Tensor y);

  /**
   * The rows of a table of learned positions: for a token that is not padding, padding + 1 + the number of tokens
   * before it in its sequence that are not; padding for one that is. With a padding of −1, which is no token, that is
   * the token's place in its sequence, from 0.
   *
   * @param ids {@code I32 [tokens]}
   * @param padding the id of the padding token, whose own row is never trained; −1 for none
   * @param positions {@code I32 [tokens]}
   */
  void positions(Tensor ids, Sequences sequences, int padding, Tensor positions);

  /**
   * The gradient of {@link #gather} with respect to the table: for each id that occurs, factor · Σ dy over its tokens
   * in ascending order.
   *
   * @param ids {@code I32 [tokens]}
   * @param dy {@code [tokens, features]}
   * @param scope owns the result
   */
  SparseRows gatherBackward(Tensor ids, Tensor dy, float factor, Scope scope);

  /**
   * The sum of two row-sparse gradients.
   *
   * @param scope owns the result
   */
  SparseRows add(SparseRows a, SparseRows b, Scope scope);

  /**
   * y[rows[i]] += values[i].
   *
   * @param y {@code [rows, columns]}
   */
  void scatterAdd(SparseRows x, Tensor y);
}
