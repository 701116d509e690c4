package crema.nn.train;

import java.util.Iterator;
import java.util.List;

/**
 * The batches of each epoch: a function of the epoch alone, so that training can go on from any epoch and batch.
 *
 * @param <B> a batch
 */
public interface BatchSource<B> {
  /** The number of batches of an epoch, at least 1. */
  int count(long epoch);

  /**
   * The batches of an epoch from one on.
   *
   * @param first the number of the first batch, from 0
   */
  Iterator<B> epoch(long epoch, int first);

  /** The number of examples of a batch: its weight among those that make a step together. */
  int examples(B batch);

  /** The number of tokens of a batch, for the speed that is reported; by default of examples. */
  default long tokens(B batch) {
    return examples(batch);
  }

  /**
   * Equal for batches on which a step does the same work: {@link crema.tensor.Backend#step} takes it for its key. By
   * default the numbers of tokens and of examples.
   */
  default Object sizes(B batch) {
    return List.of(tokens(batch), examples(batch));
  }

  /**
   * All examples once an epoch, each epoch in another random order. A batch is the numbers of its examples, from 0.
   *
   * @param examples the number of examples
   * @param batchSize the number of examples of a batch; the last one of an epoch may have fewer
   */
  static BatchSource<int[]> shuffled(int examples, int batchSize, long seed) {
    return new ExampleBatches(examples, batchSize, seed);
  }

  /**
   * All examples in their own order. A batch is the numbers of its examples, from 0.
   *
   * @param examples the number of examples
   * @param batchSize the number of examples of a batch; the last one may have fewer
   */
  static BatchSource<int[]> sequential(int examples, int batchSize) {
    return new ExampleBatches(examples, batchSize, null);
  }
}
