package crema.nn.loss;

import java.util.Arrays;

/**
 * How often each label occurs in the training data. A label that never occurs counts as if it did once, so that no
 * formula divides by zero.
 */
public final class LabelFrequencies {
  private final double[] counts;
  private final double rows;
  private final double total;

  /**
   * Frequencies.
   *
   * @param counts the number of rows that have each label
   * @param rows the number of rows; with many labels a row, less than the sum of the counts
   */
  public LabelFrequencies(long[] counts, long rows) {
    if (counts.length == 0 || rows < 1) {
      throw new IllegalArgumentException("label frequencies need a label and a row, not " + counts.length
          + " labels in " + rows + " rows");
    }
    for (int j = 0; j < counts.length; j++) {
      if (counts[j] < 0 || counts[j] > rows) {
        throw new IllegalArgumentException("label " + j + " occurs in " + counts[j] + " of " + rows + " rows");
      }
    }
    this.counts = Arrays.stream(counts).mapToDouble(count -> Math.max(count, 1)).toArray();
    this.rows = rows;
    this.total = Arrays.stream(this.counts).sum();
  }

  /** The number of labels. */
  public int labels() {
    return counts.length;
  }

  /** n: the number of rows that have a label, at least 1. */
  public double count(int label) {
    return counts[label];
  }

  /**
   * b̂ = −log(N / n − 1): the logit of the label's share of all rows (Huang et al., EMNLP 2021). A label that every row
   * has counts as if half a row had it not.
   */
  public double priorLogit(int label) {
    return -Math.log(rows / Math.min(counts[label], rows - 0.5) - 1);
  }

  /** log π: the logarithm of the label's share of all labels. */
  public double logPrior(int label) {
    return Math.log(counts[label] / total);
  }
}
