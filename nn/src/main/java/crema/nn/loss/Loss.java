package crema.nn.loss;

import crema.autograd.Tape;
import crema.autograd.Variable;

/** The objective of training. A loss is immutable and holds no memory of a device: one serves any number of tapes. */
public interface Loss {
  /**
   * The mean loss of a batch, {@code [1]}.
   *
   * @param logits {@code [rows, labels]}; embeddings {@code [rows, hidden]} for a loss that says so
   * @param targets of a form that the loss takes, as many as there are rows
   * @throws IllegalArgumentException when the targets are of a form that the loss does not take or do not fit the logits
   */
  Variable apply(Tape tape, Variable logits, Targets targets);
}
