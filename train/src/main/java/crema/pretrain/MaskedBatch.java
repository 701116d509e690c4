package crema.pretrain;

/**
 * A batch of texts with some tokens hidden.
 *
 * @param ids what the encoder sees, {@code [tokens]}
 * @param cuSeqlens where each text begins, and at last the number of tokens, {@code [texts + 1]}
 * @param positions the tokens that are to be guessed, ascending, {@code [hidden]}
 * @param targets what they were, {@code [hidden]}
 */
@SuppressWarnings("ArrayRecordComponent") // carries arrays to tensors; batches are never compared
record MaskedBatch(int[] ids, int[] cuSeqlens, int[] positions, int[] targets) {
  /** The number of tokens to guess. */
  int hidden() {
    return positions.length;
  }
}
