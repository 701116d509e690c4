package crema.corpus;

import crema.base.CounterRandom;
import java.util.Arrays;

/**
 * Deals clusters to splits, in each class the same shares of rows. The clusters of a class stand in the order of a hash of
 * the seed and their number. Each goes to test, else to validation, if that comes no further from its share of rows by it
 * than without it; else to training. A class of at least three clusters has one in each split that has a share: the
 * smallest that are in training, if none came there so. So a cluster's split depends on nothing but the clusters and how
 * many rows they have.
 */
final class ClusterDeal {
  private ClusterDeal() {}

  /**
   * Deals.
   *
   * @param rows how many rows the cluster at each place has
   * @return by place the number of a {@link CorpusSplit}
   */
  static byte[] deal(ClusterClasses classes, int[] rows, double validation, double test, long seed) {
    var splits = new byte[classes.places()];
    int bits = Integer.SIZE - Integer.numberOfLeadingZeros(classes.places() - 1);
    for (int label = 0; label < classes.classes().size(); label++) {
      deal(splits, order(classes, rows, label, bits, seed), rows, bits, validation, test);
    }
    return splits;
  }

  /** The clusters of a class that have rows, in the order of their hashes: the place in the lowest bits. */
  private static long[] order(ClusterClasses classes, int[] rows, int label, int bits, long seed) {
    int count = 0;
    for (int place = 0; place < rows.length; place++) {
      count += rows[place] > 0 && classes.label(place) == label ? 1 : 0;
    }
    var order = new long[count];
    for (int place = 0; place < rows.length; place++) {
      if (rows[place] > 0 && classes.label(place) == label) {
        long hash = CounterRandom.bits(seed, classes.cluster(place), 0);
        order[--count] = hash >>> bits << bits | place;
      }
    }
    Arrays.sort(order);
    return order;
  }

  private static void deal(byte[] splits, long[] order, int[] rows, int bits, double validation, double test) {
    long all = 0;
    for (long entry : order) {
      all += rows[place(entry, bits)];
    }
    var wanted = new double[] {0, validation * all, test * all};
    var had = new long[wanted.length];
    for (long entry : order) {
      int place = place(entry, bits);
      int split = CorpusSplit.TRAIN.ordinal();
      for (int held = wanted.length - 1; held > 0; held--) {
        if (wanted[held] > 0 && had[held] + rows[place] / 2.0 <= wanted[held]) {
          split = held;
          break;
        }
      }
      splits[place] = (byte) split;
      had[split] += rows[place];
    }
    if (order.length >= wanted.length) {
      for (int held = wanted.length - 1; held > 0; held--) {
        if (wanted[held] > 0 && had[held] == 0) {
          splits[smallest(splits, order, rows, bits)] = (byte) held;
        }
      }
    }
  }

  /** The place of the smallest cluster in training, the first of several. */
  private static int smallest(byte[] splits, long[] order, int[] rows, int bits) {
    int found = -1;
    for (long entry : order) {
      int place = place(entry, bits);
      if (splits[place] == CorpusSplit.TRAIN.ordinal() && (found < 0 || rows[place] < rows[found])) {
        found = place;
      }
    }
    return found;
  }

  private static int place(long entry, int bits) {
    return (int) (entry & (1L << bits) - 1);
  }
}
