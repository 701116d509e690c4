package crema.data;

import java.util.Arrays;
import java.util.Iterator;
import java.util.Locale;
import java.util.NoSuchElementException;
import java.util.function.IntUnaryOperator;

/**
 * Cuts the epochs of a sampler into packed batches: examples are taken in order until the next one would exceed the
 * budget. A function of the data, the sampler and the budget alone, so training can go on from any epoch and batch.
 */
public final class Batches {
  private final TokenDataset data;
  private final Sampler sampler;
  private final int maxTokens;
  private final int maxSequences;

  /**
   * Makes batches.
   *
   * @param maxTokens the most tokens of a batch; at least those of the longest example
   * @param maxSequences the most sequences of a batch, from 1
   * @throws DataException if the longest example does not fit
   */
  public Batches(TokenDataset data, Sampler sampler, int maxTokens, int maxSequences) {
    if (data.longest() > maxTokens) {
      throw new DataException(String.format(Locale.ROOT,
          "a batch of %,d tokens cannot hold the longest example, which has %,d; raise the tokens ", maxTokens,
          data.longest()) + "of a batch or lower the maximum length");
    }
    if (maxSequences < 1) {
      throw new DataException("a batch needs at least 1 sequence, but its limit is " + maxSequences);
    }
    this.data = data;
    this.sampler = sampler;
    this.maxTokens = maxTokens;
    this.maxSequences = maxSequences;
  }

  /** The number of batches of an epoch. Looks at the lengths of its examples. */
  public int count(long epoch) {
    var order = sampler.order(epoch);
    int batches = 0;
    for (int position = 0; position < sampler.size(); position = end(order, position)) {
      batches++;
    }
    return batches;
  }

  /** The batches of an epoch. */
  public Iterator<PackedBatch> epoch(long epoch) {
    return epoch(epoch, 0);
  }

  /**
   * The batches of an epoch from one on. Those before it are not read; only the lengths of their examples are.
   *
   * @param firstBatch the number of the first batch, from 0; with the number of batches, nothing is left
   * @throws IllegalArgumentException if the epoch has fewer batches
   */
  public Iterator<PackedBatch> epoch(long epoch, int firstBatch) {
    var order = sampler.order(epoch);
    int start = 0;
    for (int batch = 0; batch < firstBatch; batch++) {
      if (start == sampler.size()) {
        throw new IllegalArgumentException("epoch " + epoch + " has no batch " + firstBatch);
      }
      start = end(order, start);
    }
    return new Cursor(order, start);
  }

  /** The position after the batch that starts at a position. */
  private int end(IntUnaryOperator order, int start) {
    int tokens = 0;
    int position = start;
    while (position < sampler.size() && position - start < maxSequences) {
      tokens += data.length(order.applyAsInt(position));
      if (tokens < 0 || tokens > maxTokens) {
        break;
      }
      position++;
    }
    return position;
  }

  private final class Cursor implements Iterator<PackedBatch> {
    private final IntUnaryOperator order;
    private int position;

    Cursor(IntUnaryOperator order, int position) {
      this.order = order;
      this.position = position;
    }

    @Override
    public boolean hasNext() {
      return position < sampler.size();
    }

    @Override
    public PackedBatch next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      int start = position;
      position = end(order, start);
      var examples = new int[position - start];
      Arrays.setAll(examples, i -> order.applyAsInt(start + i));
      return PackedBatch.of(data, examples);
    }
  }
}
