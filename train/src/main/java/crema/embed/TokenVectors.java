package crema.embed;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.tensor.Sequences;
import crema.tensor.Tensor;

/** Makes vectors of the tokens of texts: an encoder, or a table. */
interface TokenVectors extends AutoCloseable {
  /**
   * The tokens of a text.
   *
   * @param ids special tokens included; none, if the text has none
   * @param isCut whether the text had more than are taken
   */
  @SuppressWarnings("ArrayRecordComponent") // carries arrays to tensors; never compared
  record Tokens(int[] ids, boolean isCut) {}

  /** The number of features of a token's vector. */
  int size();

  /** How the vectors of a text become one where the folder does not say. */
  PoolingKind pooling();

  /** Cuts a text into tokens. */
  Tokens encode(String text);

  /** {@code [tokens, size]} of some texts that are laid end to end. */
  Variable forward(Tape tape, Tensor ids, Sequences sequences);

  @Override
  void close();
}
