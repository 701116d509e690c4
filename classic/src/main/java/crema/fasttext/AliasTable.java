package crema.fasttext;

import crema.base.CounterRandom;
import java.util.Arrays;

/** Draws numbers in proportion to weights, in constant time (Walker's alias method as given by Vose, 1991). */
final class AliasTable {
  private final float[] keep;
  private final int[] alias;

  /** Numbers 0 to {@code counts.length}, drawn by the square roots of their counts, a count of 0 taken for 1. */
  static AliasTable ofSquareRoots(long[] counts) {
    return new AliasTable(Arrays.stream(counts).mapToDouble(count -> Math.sqrt(Math.max(1, count))).toArray());
  }

  private AliasTable(double[] weights) {
    int n = weights.length;
    keep = new float[n];
    alias = new int[n];
    double mean = Arrays.stream(weights).sum() / n;
    var order = new int[n];
    int small = 0;
    int large = n;
    for (int i = 0; i < n; i++) {
      weights[i] /= mean;
      order[weights[i] < 1 ? small++ : --large] = i;
    }
    // order[0 .. small) are below the mean, order[large .. n) are not; each small one is topped up by a large one.
    while (small > 0 && large < n) {
      int low = order[--small];
      int high = order[large];
      keep[low] = (float) weights[low];
      alias[low] = high;
      weights[high] -= 1 - weights[low];
      if (weights[high] < 1) {
        large++;
        order[small++] = high;
      }
    }
    while (small > 0) {
      keep[order[--small]] = 1f;
    }
    while (large < n) {
      keep[order[large++]] = 1f;
    }
  }

  int sample(CounterRandom random) {
    int i = random.nextInt(keep.length);
    return random.nextFloat() < keep[i] ? i : alias[i];
  }
}
