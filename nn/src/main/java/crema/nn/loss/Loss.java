package crema.nn.loss;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.tensor.Tensor;

/** What training makes small. A loss is immutable and holds no memory of a device: one serves any number of tapes. */
public interface Loss {
  /**
   * The mean loss of a batch, {@code [1]}.
   *
   * @param logits {@code [rows, classes]}; embeddings {@code [rows, hidden]} for a loss that says so
   * @param targets what the loss says it wants: class indices {@code I32 [rows]}, or one number a class
   *     {@code [rows, classes]}
   * @throws IllegalArgumentException when the targets are not what the loss wants or do not fit the logits
   */
  Variable apply(Tape tape, Variable logits, Tensor targets);
}
