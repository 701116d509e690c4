package crema.family.encoder;

import crema.data.Batches;
import crema.data.PackedBatch;
import crema.nn.train.BatchSource;
import crema.tensor.Sequences;
import java.util.Iterator;
import java.util.List;

/**
 * Packed batches as the training loop takes them.
 *
 * @param ofEpochs cut the epochs: each its own; one for all if there is only one
 */
public record PackedBatches(List<Batches> ofEpochs) implements BatchSource<PackedBatch> {
  @Override
  public int count(long epoch) {
    return batches(epoch).count(epoch);
  }

  @Override
  public Iterator<PackedBatch> epoch(long epoch, int first) {
    return batches(epoch).epoch(epoch, first);
  }

  private Batches batches(long epoch) {
    return ofEpochs.get(ofEpochs.size() == 1 ? 0 : Math.toIntExact(epoch));
  }

  @Override
  public int examples(PackedBatch batch) {
    return batch.sequences();
  }

  /** What a step does depends on all tokens, on sequences and, of attention, on about how long the longest one is. */
  @Override
  public Object sizes(PackedBatch batch) {
    return List.of(batch.tokens(), batch.sequences(), Sequences.roundedUp(batch.longest()));
  }

  @Override
  public long tokens(PackedBatch batch) {
    return batch.tokens();
  }
}
