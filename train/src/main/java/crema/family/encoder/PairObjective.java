package crema.family.encoder;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.base.Rng;
import crema.nn.loss.Loss;
import crema.nn.loss.Targets;
import crema.nn.model.TextClassifier;
import crema.nn.train.Objective;
import crema.tensor.Sequences;

/**
 * The loss of the vectors of pairs of texts.
 *
 * @param model whose head is left alone
 * @param loss of embeddings
 * @param form of the targets that the loss takes: the pairs that were drawn, or the labels of all texts of a batch
 * @param tokenDropout how likely a token is left out
 * @param fineTuning what learns, and when
 */
record PairObjective(TextClassifier model, Loss loss, Targets.Form form, double tokenDropout, FineTuning fineTuning)
    implements Objective<PairBatch> {
  @Override
  public void beginEpoch(long epoch) {
    fineTuning.beginEpoch(epoch);
  }

  @Override
  public PairBatch augment(PairBatch batch, Rng random) {
    return tokenDropout == 0 ? batch
        : new PairBatch(batch.texts().withTokensDropped(tokenDropout, random.stream(EncoderRun.TOKEN_DROPOUT)),
            batch.pairs());
  }

  @Override
  public Variable apply(Tape tape, PairBatch batch) {
    var ids = tape.scope().ints(batch.texts().ids(), batch.texts().tokens());
    Variable pooled = model.embed(tape, ids, Sequences.of(tape.scope(), batch.texts().cuSeqlens())).pooled();
    Targets targets = form == Targets.Form.PAIRS ? batch.pairs() : new Targets.Indices(batch.texts().labels());
    return tape.inFullPrecision(() -> loss.apply(tape, pooled, targets));
  }
}
