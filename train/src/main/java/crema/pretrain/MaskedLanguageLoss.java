package crema.pretrain;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.nn.loss.SoftmaxCrossEntropy;
import crema.nn.loss.Targets;
import crema.nn.model.MaskedLanguageModel;
import crema.nn.train.Objective;
import crema.tensor.Scope;
import crema.tensor.Sequences;

/**
 * The mean cross-entropy of the hidden tokens of a batch. Logits are computed for these alone: of a vocabulary of many
 * thousands, they are most of the work that a token's row can make.
 *
 * @param model gives the logits
 */
record MaskedLanguageLoss(MaskedLanguageModel model) implements Objective<MaskedBatch> {
  @Override
  public Variable apply(Tape tape, MaskedBatch batch) {
    return new SoftmaxCrossEntropy().apply(tape, logits(tape, batch), new Targets.Indices(batch.targets()));
  }

  /** {@code [hidden, vocabulary]}. */
  Variable logits(Tape tape, MaskedBatch batch) {
    Scope scope = tape.scope();
    return model.forward(tape, scope.ints(batch.ids(), batch.ids().length), Sequences.of(scope, batch.cuSeqlens()),
        scope.ints(batch.positions(), batch.hidden()));
  }

  /** That of guessing all tokens alike. */
  @Override
  public double uninformed() {
    return Math.log(model.encoder().config().vocabSize());
  }
}
