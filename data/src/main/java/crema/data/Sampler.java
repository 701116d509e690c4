package crema.data;

import crema.base.CounterRandom;
import crema.base.LabelBalance;
import crema.base.Permutation;
import java.util.function.IntUnaryOperator;
import java.util.function.LongFunction;

/**
 * Which examples an epoch has, and in what order. Every draw is a function of the seed, the epoch and the position, so
 * an epoch can be entered anywhere without replaying what came before.
 */
public interface Sampler {
  /** The number of examples of an epoch. */
  int size();

  /** The order of an epoch: the example at each position from 0 up to, without, {@link #size}. */
  IntUnaryOperator order(long epoch);

  /** All examples in their own order; for evaluation. */
  static Sampler sequential(int examples) {
    return of(examples, epoch -> position -> position);
  }

  /** All examples once an epoch, each epoch in another random order. */
  static Sampler shuffled(int examples, long seed) {
    return of(examples, epoch -> new Permutation(examples, seed, epoch)::at);
  }

  /**
   * Examples drawn with replacement, each with a chance in proportion to its weight.
   *
   * @param weights the weight of each example, from 0
   * @param draws the number of examples of an epoch
   */
  static Sampler weighted(double[] weights, int draws, long seed) {
    var distribution = new Categorical(weights);
    return of(draws, epoch -> position -> distribution.at(CounterRandom.uniform(seed, epoch, position)));
  }

  /**
   * Examples drawn with replacement: first a label by the scheme, then, uniformly, an example that has it (class-aware
   * sampling, Shen et al., ECCV 2016, section 3). An example with several labels may be drawn for each of them.
   * Examples without labels count as having one of their own.
   *
   * @param labels the number of labels
   * @param draws the number of examples of an epoch
   */
  static Sampler byLabel(TokenDataset data, int labels, LabelBalance balance, int draws, long seed) {
    return new LabelSampler(data, labels, balance, draws, seed);
  }

  /**
   * The weight of each example of a data set: the mean of the weights of its labels, or 1 if it has none.
   *
   * @param labelWeights the weight of each label
   */
  static double[] exampleWeights(TokenDataset data, double[] labelWeights) {
    var weights = new double[data.size()];
    for (int example = 0; example < weights.length; example++) {
      int labels = data.labelCount(example);
      double sum = 0;
      for (int n = 0; n < labels; n++) {
        sum += labelWeights[data.label(example, n)];
      }
      weights[example] = labels == 0 ? 1 : sum / labels;
    }
    return weights;
  }

  private static Sampler of(int size, LongFunction<IntUnaryOperator> orders) {
    return new Sampler() {
      @Override
      public int size() {
        return size;
      }

      @Override
      public IntUnaryOperator order(long epoch) {
        return orders.apply(epoch);
      }
    };
  }
}
