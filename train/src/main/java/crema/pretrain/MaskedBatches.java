package crema.pretrain;

import crema.base.Rng;
import crema.data.Batches;
import crema.data.PackedBatch;
import crema.nn.train.BatchSource;
import java.util.Iterator;

/**
 * Batches of texts, masked anew in each epoch: a function of the seed, the epoch and the batch's number. An example is a
 * token that is to be guessed, so that all of them count alike, in whatever batch of a step they are.
 *
 * @param batches cuts the epochs
 * @param masking hides tokens
 * @param vocabulary what can be hidden
 * @param seed of the masks
 */
record MaskedBatches(Batches batches, Masking masking, MaskedVocabulary vocabulary, long seed)
    implements BatchSource<MaskedBatch> {
  /** Steps of training count from 0 and initialization is −1: masks share no numbers with either. */
  private static final long FIRST_STEP = -2;

  @Override
  public int count(long epoch) {
    return batches.count(epoch);
  }

  @Override
  public Iterator<MaskedBatch> epoch(long epoch, int first) {
    Iterator<PackedBatch> packed = batches.epoch(epoch, first);
    var random = new Rng(seed, FIRST_STEP - epoch);
    return new Iterator<>() {
      private int number = first;

      @Override
      public boolean hasNext() {
        return packed.hasNext();
      }

      @Override
      public MaskedBatch next() {
        return masking.apply(packed.next(), vocabulary, random.stream(number++));
      }
    };
  }

  @Override
  public int examples(MaskedBatch batch) {
    return batch.hidden();
  }

  @Override
  public long tokens(MaskedBatch batch) {
    return batch.ids().length;
  }
}
