package crema.embed;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.tensor.Sequences;
import crema.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

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

  /** What of the tokenizer was read otherwise than its file has it, a line each. */
  List<String> notes();

  /** The number of features of a token's vector. */
  int size();

  /** How the vectors of a text become one where the folder does not say. */
  PoolingKind pooling();

  /** Cuts a text into tokens. */
  Tokens encode(String text);

  /** {@code [tokens, size]} of some texts that are laid end to end. */
  Variable forward(Tape tape, Tensor ids, Sequences sequences);

  /**
   * The vectors of tokens with an adapter beside the encoder, which this closes too.
   *
   * @throws crema.base.UserError when there is no encoder, or the adapter does not fit it
   */
  TokenVectors adapted(Path folder) throws IOException;

  @Override
  void close();
}
