package crema.nn.train;

import crema.base.Permutation;
import java.util.Iterator;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The numbers of examples, cut into batches.
 *
 * @param examples the number of examples
 * @param batchSize the number of examples of a batch
 * @param seed of the order of each epoch; null for the examples' own order
 */
record ExampleBatches(int examples, int batchSize, @Nullable Long seed) implements BatchSource<int[]> {
  ExampleBatches {
    if (examples < 1 || batchSize < 1) {
      throw new IllegalArgumentException("batches of " + batchSize + " of " + examples + " examples");
    }
  }

  @Override
  public int count(long epoch) {
    return Math.ceilDiv(examples, batchSize);
  }

  @Override
  public Iterator<int[]> epoch(long epoch, int first) {
    IntUnaryOperator order = seed == null ? position -> position : new Permutation(examples, seed, epoch)::at;
    return IntStream.range(first, count(epoch))
        .mapToObj(batch -> IntStream.range(batch * batchSize, Math.min(examples, (batch + 1) * batchSize))
            .map(order).toArray())
        .iterator();
  }

  @Override
  public int examples(int[] batch) {
    return batch.length;
  }
}
