package crema.nn.model;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.nn.Embedding;
import crema.nn.Module;
import crema.tensor.Sequences;
import crema.tensor.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes a vector of each token in its context: embeddings, layers, and what may follow them. This is the part of a model
 * that architectures differ in; its state-dict keys are Hugging Face's.
 */
public abstract class TextEncoder extends Module {
  /** An encoder whose constructor registers its parts. */
  protected TextEncoder() {}

  /** The shape of this encoder. */
  public abstract TextEncoderConfig config();

  /** The parts in front of the first layer, and those that all layers share. */
  public abstract List<Module> embeddings();

  /** The layers, from the input to the output. */
  public abstract List<EncoderLayer> layers();

  /** The table of the tokens' vectors, with which the decoder of a language model is tied. */
  public abstract Embedding tokenEmbeddings();

  /**
   * What the first layer reads, {@code [tokens, hiddenSize]}.
   *
   * @param ids {@code I32 [tokens]}, each in [0, vocabSize)
   * @param types {@code I32 [tokens]}: which text of a pair a token is of; null for the first
   * @param sequences how the tokens are cut
   */
  protected abstract Variable embed(Tape tape, Tensor ids, @Nullable Tensor types, Sequences sequences);

  /** The vectors of tokens from what the last layer gave: by default that itself. */
  protected Variable finish(Tape tape, Variable x) {
    return x;
  }

  /** The number of features of a vector. */
  public final int features() {
    return config().hiddenSize();
  }

  /**
   * One vector a token of single texts, {@code [tokens, features]}.
   *
   * @param ids {@code I32 [tokens]}, each in [0, vocabSize)
   * @param sequences how the tokens are cut; none longer than {@link TextEncoderConfig#maxTokens}
   */
  public final Variable forward(Tape tape, Tensor ids, Sequences sequences) {
    return forward(tape, ids, null, sequences);
  }

  /**
   * One vector a token of single texts or pairs, {@code [tokens, features]}.
   *
   * @param ids {@code I32 [tokens]}, each in [0, vocabSize)
   * @param types {@code I32 [tokens]}: which text of a pair a token is of, 0 or 1, which architectures without token
   *     types do not read; null for the first
   * @param sequences how the tokens are cut; none longer than {@link TextEncoderConfig#maxTokens}
   */
  public final Variable forward(Tape tape, Tensor ids, @Nullable Tensor types, Sequences sequences) {
    if (ids.elements() != sequences.tokens()) {
      throw new IllegalArgumentException(ids.elements() + " ids for sequences of " + sequences.tokens() + " tokens");
    }
    if (sequences.longest() > config().maxTokens()) {
      throw new IllegalArgumentException("a sequence of " + sequences.longest() + " tokens is longer than "
          + config().maxTokens() + ", which is all that " + config().architecture().key() + " of this shape takes");
    }
    Variable x = tape.region(() -> tape.inFullPrecision(() -> embed(tape, ids, types, sequences)));
    for (EncoderLayer layer : layers()) {
      x = tape.block(x, (on, input) -> layer.forward(on, input, sequences));
    }
    Variable last = x;
    return tape.inFullPrecision(() -> finish(tape, last));
  }
}
