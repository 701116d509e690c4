package crema.data;

import crema.base.CounterRandom;
import crema.base.LabelBalance;
import java.util.Arrays;
import java.util.function.IntUnaryOperator;

/** Draws a label by a scheme, then one of its examples uniformly. */
final class LabelSampler implements Sampler {
  private final int draws;
  private final long seed;
  private final Categorical labels;
  private final int[] examplesByLabel;
  private final int[] starts;

  LabelSampler(TokenDataset data, int labelCount, LabelBalance balance, int draws, long seed) {
    this.draws = draws;
    this.seed = seed;
    int without = labelCount;
    starts = new int[labelCount + 2];
    forEach(data, without, (example, label) -> starts[label + 1] = Math.incrementExact(starts[label + 1]));
    var chances = new double[labelCount + 1];
    for (int label = 0; label < chances.length; label++) {
      chances[label] = balance.weight(starts[label + 1]) * starts[label + 1];
    }
    labels = new Categorical(chances);
    long total = Arrays.stream(starts).asLongStream().sum();
    Arrays.parallelPrefix(starts, Math::addExact);
    examplesByLabel = new int[Math.toIntExact(total)];
    var next = starts.clone();
    forEach(data, without, (example, label) -> examplesByLabel[next[label]++] = example);
  }

  @Override
  public int size() {
    return draws;
  }

  @Override
  public IntUnaryOperator order(long epoch) {
    return position -> {
      int label = labels.at(CounterRandom.uniform(seed, epoch, 2L * position));
      int count = starts[label + 1] - starts[label];
      int n = (int) (CounterRandom.uniform(seed, epoch, 2L * position + 1) * count);
      return examplesByLabel[starts[label] + n];
    };
  }

  @FunctionalInterface
  private interface Pairs {
    void accept(int example, int label);
  }

  private static void forEach(TokenDataset data, int without, Pairs pairs) {
    for (int example = 0; example < data.size(); example++) {
      int count = data.labelCount(example);
      if (count == 0) {
        pairs.accept(example, without);
      }
      for (int n = 0; n < count; n++) {
        pairs.accept(example, data.label(example, n));
      }
    }
  }
}
