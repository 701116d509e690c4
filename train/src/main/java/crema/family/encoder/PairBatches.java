package crema.family.encoder;

import crema.base.IntList;
import crema.data.PackedBatch;
import crema.data.PairSampler;
import crema.data.TokenDataset;
import crema.nn.loss.Targets;
import crema.nn.train.BatchSource;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;

/**
 * The pairs of an epoch, cut into batches: they are taken in order until there are enough of them, or the texts of the
 * next one would exceed the budget of tokens. A text that is in several pairs of a batch is computed once.
 *
 * @param data the texts
 * @param sampler draws the pairs
 * @param maxTokens the most tokens of a batch, at least those of two texts
 * @param maxPairs the most pairs of a batch, from 1
 */
record PairBatches(TokenDataset data, PairSampler sampler, int maxTokens, int maxPairs)
    implements BatchSource<PairBatch> {
  @Override
  public int count(long epoch) {
    PairSampler.Order order = sampler.order(epoch);
    int batches = 0;
    for (int position = 0; position < sampler.size(); position += draw(order, position).pairs()) {
      batches++;
    }
    return batches;
  }

  @Override
  public Iterator<PairBatch> epoch(long epoch, int first) {
    PairSampler.Order order = sampler.order(epoch);
    int position = 0;
    for (int batch = 0; batch < first; batch++) {
      position += draw(order, position).pairs();
    }
    return new Cursor(order, position);
  }

  @Override
  public int examples(PairBatch batch) {
    return batch.pairs().first().length;
  }

  @Override
  public long tokens(PairBatch batch) {
    return batch.texts().tokens();
  }

  private final class Cursor implements Iterator<PairBatch> {
    private final PairSampler.Order order;
    private int position;

    Cursor(PairSampler.Order order, int position) {
      this.order = order;
      this.position = position;
    }

    @Override
    public boolean hasNext() {
      return position < sampler.size();
    }

    @Override
    public PairBatch next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      Draft draft = draw(order, position);
      position += draft.pairs();
      return draft.finish();
    }
  }

  /** The batch of the pairs from a position on. */
  private Draft draw(PairSampler.Order order, int position) {
    var draft = new Draft();
    for (int at = position; at < sampler.size() && draft.pairs() < maxPairs; at++) {
      if (!draft.add(order.at(at))) {
        break;
      }
    }
    return draft;
  }

  /** A batch that grows. */
  private final class Draft {
    /** The place of each text among those of the batch. */
    private final Map<Integer, Integer> places = new HashMap<>();
    private final IntList texts = new IntList();
    private final IntList first = new IntList();
    private final IntList second = new IntList();
    private final IntList similar = new IntList();
    private int tokens;

    int pairs() {
      return first.size();
    }

    /** Adds a pair if there is room for its texts; the first one always has. */
    boolean add(PairSampler.Pair pair) {
      int more = missing(pair.first()) + missing(pair.second());
      if (pairs() > 0 && more > maxTokens - tokens) {
        return false;
      }
      first.add(place(pair.first()));
      second.add(place(pair.second()));
      similar.add(pair.isSimilar() ? 1 : 0);
      tokens += more;
      return true;
    }

    private int missing(int text) {
      return places.containsKey(text) ? 0 : data.length(text);
    }

    private int place(int text) {
      return places.computeIfAbsent(text, _ -> {
        texts.add(text);
        return texts.size() - 1;
      });
    }

    PairBatch finish() {
      double[] similarities = Arrays.stream(similar.toArray()).asDoubleStream().toArray();
      return new PairBatch(PackedBatch.of(data, texts.toArray()),
          new Targets.Pairs(texts.size(), first.toArray(), second.toArray(), similarities));
    }
  }
}
