package crema.metrics;

import java.util.Arrays;

/**
 * The scores of true decisions, and how many false ones lie at each of them and between. That is all that exact areas
 * under curves take: where no true decision is, a curve has no step. Memory grows with the true decisions only, of which
 * there are few.
 */
final class RankedPositives {
  /** From this many scores on, where to look is read off a table by the upper bits of a score. */
  private static final int MANY = 1 << 10;
  private static final int TABLE_SHIFT = 16;

  /** The order-preserving bits of the different scores of true decisions, ascending. */
  private final int[] scores;
  /** How many true decisions have each score. */
  private final int[] truths;
  /** How many false decisions have each score. */
  private final long[] equal;
  /** How many false decisions lie above each score and below the next one. */
  private final long[] above;
  /** The bits of the highest false decision from each score to below the next; the first is below all scores. */
  private final int[] highestFalse;
  private final int[] table;
  private final long positives;
  private long negatives;

  /** From the scores of all true decisions, in any order. */
  RankedPositives(float[] positives) {
    int[] sorted = new int[positives.length];
    Arrays.setAll(sorted, i -> bits(positives[i]));
    Arrays.sort(sorted);
    int distinct = 0;
    var counts = new int[sorted.length];
    for (int i = 0; i < sorted.length; i++) {
      if (i == 0 || sorted[i] != sorted[i - 1]) {
        sorted[distinct++] = sorted[i];
      }
      counts[distinct - 1]++;
    }
    scores = Arrays.copyOf(sorted, distinct);
    truths = Arrays.copyOf(counts, distinct);
    equal = new long[distinct];
    above = new long[distinct];
    highestFalse = new int[distinct + 1];
    Arrays.fill(highestFalse, Integer.MIN_VALUE);
    table = distinct < MANY ? new int[0] : table(scores);
    this.positives = positives.length;
  }

  /** For the upper bits of a score, the first index at which scores have at least these bits. */
  private static int[] table(int[] scores) {
    var table = new int[(1 << (Integer.SIZE - TABLE_SHIFT)) + 1];
    int at = 0;
    for (int upper = 0; upper < table.length; upper++) {
      while (at < scores.length && slot(scores[at]) < upper) {
        at++;
      }
      table[upper] = at;
    }
    return table;
  }

  private static int slot(int bits) {
    return (bits >> TABLE_SHIFT) + (1 << (Integer.SIZE - TABLE_SHIFT - 1));
  }

  /** Bits in the order of scores. Adding zero turns -0 into 0, which must tie with it. */
  private static int bits(float score) {
    int bits = Float.floatToIntBits(score + 0f);
    return bits ^ ((bits >> 31) & Integer.MAX_VALUE);
  }

  private static float score(int bits) {
    return Float.intBitsToFloat(bits ^ ((bits >> 31) & Integer.MAX_VALUE));
  }

  /** Counts a false decision. */
  void addFalse(float score) {
    negatives++;
    int bits = bits(score);
    if (scores.length == 0 || bits < scores[0]) {
      highestFalse[0] = Math.max(highestFalse[0], bits);
      return;
    }
    int at = find(bits);
    if (scores[at] == bits) {
      equal[at]++;
    } else {
      above[at]++;
    }
    highestFalse[at + 1] = Math.max(highestFalse[at + 1], bits);
  }

  /** The index of the last score that is at most so high; there is one. */
  private int find(int bits) {
    int low = 0;
    int high = scores.length;
    if (table.length > 0) {
      int slot = slot(bits);
      low = Math.max(0, table[slot] - 1);
      high = table[slot + 1];
    }
    while (high - low > 1) {
      int middle = (low + high) >>> 1;
      if (scores[middle] <= bits) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return low;
  }

  long positives() {
    return positives;
  }

  /** Receives the counts of what scores at least {@code score}, once for each different score of a true decision. */
  interface Step {
    /**
     * One step.
     *
     * @param next the next lower score of any decision; NaN if there is none
     */
    void at(float score, long truePositives, long falsePositives, float next);
  }

  /** From the highest score to the lowest. */
  void forEachStep(Step step) {
    long truePositives = 0;
    long falsePositives = 0;
    for (int i = scores.length - 1; i >= 0; i--) {
      truePositives += truths[i];
      falsePositives += equal[i] + above[i];
      step.at(score(scores[i]), truePositives, falsePositives, next(i));
    }
  }

  private float next(int i) {
    int lower = i == 0 ? highestFalse[0] : Math.max(scores[i - 1], highestFalse[i]);
    return lower == Integer.MIN_VALUE ? Float.NaN : score(lower);
  }

  /**
   * The area under the ROC curve: NaN unless there are both true and false decisions. All sums are of halves, which is
   * exact below 2⁵³.
   */
  double rocAuc() {
    if (positives == 0 || negatives == 0) {
      return Double.NaN;
    }
    double area = 0;
    long truePositives = 0;
    long falsePositives = 0;
    for (int i = scores.length - 1; i >= 0; i--) {
      area += (double) above[i] * truePositives + equal[i] * (2.0 * truePositives + truths[i]) / 2;
      truePositives += truths[i];
      falsePositives += equal[i] + above[i];
    }
    area += (double) (negatives - falsePositives) * truePositives;
    return area / ((double) positives * negatives);
  }

  /** Σ (recallₙ − recallₙ₋₁) · precisionₙ; NaN where no decision is true. */
  double averagePrecision() {
    if (positives == 0) {
      return Double.NaN;
    }
    var sum = new double[1];
    var before = new long[1];
    forEachStep((_, truePositives, falsePositives, _) -> {
      sum[0] += (truePositives - before[0]) * ((double) truePositives / (truePositives + falsePositives));
      before[0] = truePositives;
    });
    return sum[0] / positives;
  }
}
