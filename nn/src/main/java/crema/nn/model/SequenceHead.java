package crema.nn.model;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.nn.Module;
import crema.tensor.Sequences;

/**
 * Turns the vectors of a sequence's tokens into logits as the original model for sequence classification does. Its
 * state-dict keys are those beside the encoder's, so a pooler that belongs to the encoder has the
 * {@linkplain Architecture#prefix prefix}: {@code bert.pooler.dense.weight}, {@code classifier.weight}.
 */
public abstract class SequenceHead extends Module {
  /** A head whose constructor registers its parts. */
  protected SequenceHead() {}

  /**
   * {@code [sequences, numLabels]}.
   *
   * @param tokens {@code [tokens, hiddenSize]}: what the encoder gave
   * @param sequences how the tokens are cut
   */
  public abstract Variable forward(Tape tape, Variable tokens, Sequences sequences);
}
