package crema.nn.model;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.autograd.op.Embedding;
import crema.nn.Module;
import crema.nn.ParameterSource;
import crema.tensor.Sequences;
import crema.tensor.Tensor;

/**
 * An encoder with the head that says what was where a token is masked. Its state dict is that of Hugging Face's
 * {@code …ForMaskedLM}, without the copies that it has of tied weights.
 */
public final class MaskedLanguageModel extends Module {
  private final TextEncoder encoder;
  private final MaskedLanguageHead head;

  /**
   * A model whose parameters come from the source.
   *
   * @throws IllegalArgumentException when the architecture has no head for masked-language modelling
   */
  public MaskedLanguageModel(ParameterSource source, TextEncoderConfig config) {
    encoder = config.create(source);
    head = config.createMaskedLanguageHead(source, encoder.tokenEmbeddings());
    String prefix = config.architecture().prefix();
    module(prefix.substring(0, prefix.length() - 1), encoder);
    inline(head);
  }

  /** The part that makes vectors of tokens. */
  public TextEncoder encoder() {
    return encoder;
  }

  /** The part that makes logits of them. */
  public MaskedLanguageHead head() {
    return head;
  }

  /**
   * Logits for some tokens of a batch, {@code [rows, vocabSize]}.
   *
   * @param ids {@code I32 [tokens]}, each in [0, vocabSize)
   * @param sequences how the tokens are cut
   * @param which {@code I32 [rows]}: the tokens, each in [0, tokens)
   */
  public Variable forward(Tape tape, Tensor ids, Sequences sequences, Tensor which) {
    return tape.region(() -> {
      Variable tokens = encoder.forward(tape, ids, sequences);
      return head.forward(tape, Embedding.apply(tape, tokens, which, 1));
    });
  }
}
