package crema.nn.model;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.nn.Module;

/**
 * Turns the vectors of masked tokens into logits of what was there, by a decoder that is tied with the encoder's token
 * embeddings. Its state-dict keys are those beside the encoder's.
 */
public abstract class MaskedLanguageHead extends Module {
  /** A head whose constructor registers its parts. */
  protected MaskedLanguageHead() {}

  /**
   * {@code [rows, vocabSize]}.
   *
   * @param x {@code [rows, hiddenSize]}: what the encoder gave for some tokens
   */
  public abstract Variable forward(Tape tape, Variable x);
}
