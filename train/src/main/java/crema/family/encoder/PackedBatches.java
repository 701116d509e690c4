package crema.family.encoder;

import crema.data.Batches;
import crema.data.PackedBatch;
import crema.nn.train.BatchSource;
import java.util.Iterator;
import java.util.List;

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

  /** Attention has blocks for the longest sequence, whose length in fours is enough to know. */
  @Override
  public Object sizes(PackedBatch batch) {
    return List.of(batch.tokens(), batch.sequences(), Math.ceilDiv(batch.longest(), 4));
  }

  @Override
  public long tokens(PackedBatch batch) {
    return batch.tokens();
  }
}
