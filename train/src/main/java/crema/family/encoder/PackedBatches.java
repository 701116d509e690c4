package crema.family.encoder;

import crema.data.Batches;
import crema.data.PackedBatch;
import crema.nn.train.BatchSource;
import java.util.Iterator;

/**
 * Packed batches as the training loop takes them.
 *
 * @param batches cuts the epochs
 */
record PackedBatches(Batches batches) implements BatchSource<PackedBatch> {
  @Override
  public int count(long epoch) {
    return batches.count(epoch);
  }

  @Override
  public Iterator<PackedBatch> epoch(long epoch, int first) {
    return batches.epoch(epoch, first);
  }

  @Override
  public int examples(PackedBatch batch) {
    return batch.sequences();
  }

  @Override
  public long tokens(PackedBatch batch) {
    return batch.tokens();
  }
}
