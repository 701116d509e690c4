package crema.nn.model;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.nn.Module;
import crema.nn.ParameterSource;
import crema.tensor.Sequences;
import crema.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * An encoder with the head that the original model for sequence classification has. Its state dict is that of Hugging
 * Face's {@code …ForSequenceClassification}, so that either reads what the other wrote.
 */
public final class SequenceClassifier extends Module {
  private final TextEncoder encoder;
  private final SequenceHead head;

  /**
   * A model whose parameters come from the source.
   *
   * @throws IllegalArgumentException when the architecture has no head for classification
   */
  public SequenceClassifier(ParameterSource source, TextEncoderConfig config, int numLabels) {
    encoder = config.create(source);
    head = config.createHead(source, numLabels);
    String prefix = config.architecture().prefix();
    module(prefix.substring(0, prefix.length() - 1), encoder);
    inline(head);
  }

  /** The part that makes vectors of tokens. */
  public TextEncoder encoder() {
    return encoder;
  }

  /** The part that makes logits of them. */
  public SequenceHead head() {
    return head;
  }

  /**
   * Logits, {@code [sequences, numLabels]}.
   *
   * @param ids {@code I32 [tokens]}, each in [0, vocabSize)
   * @param types {@code I32 [tokens]}: which text of a pair a token is of; null for the first
   * @param sequences how the tokens are cut
   */
  public Variable forward(Tape tape, Tensor ids, @Nullable Tensor types, Sequences sequences) {
    return tape.region(() -> {
      Variable tokens = encoder.forward(tape, ids, types, sequences);
      return tape.inFullPrecision(() -> head.forward(tape, tokens, sequences));
    });
  }
}
