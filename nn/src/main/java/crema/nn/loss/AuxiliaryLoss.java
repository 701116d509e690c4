package crema.nn.loss;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.autograd.op.Binary;
import crema.autograd.op.Scale;
import crema.tensor.Tensor;

/**
 * A loss of the logits plus a weighted loss of the pooled embeddings, which may follow another, more detailed label:
 * {@link SupervisedContrastive} or {@link TreeTriplet}.
 *
 * @param main of the logits
 * @param auxiliary of the embeddings
 * @param weight what the auxiliary loss is multiplied by, at least 0
 */
public record AuxiliaryLoss(Loss main, Loss auxiliary, double weight) {
  public AuxiliaryLoss {
    Checks.atLeastZero("weight of an auxiliary loss", weight);
  }

  /**
   * main + weight · auxiliary, {@code [1]}.
   *
   * @param logits {@code [rows, classes]}
   * @param targets what the main loss wants
   * @param embeddings {@code [rows, hidden]}
   * @param details what the auxiliary loss wants: indices of the detailed labels, {@code I32 [rows]}
   */
  public Variable apply(Tape tape, Variable logits, Tensor targets, Variable embeddings, Tensor details) {
    Variable added = Scale.apply(tape, auxiliary.apply(tape, embeddings, details), weight);
    return Binary.add(tape, main.apply(tape, logits, targets), added);
  }
}
