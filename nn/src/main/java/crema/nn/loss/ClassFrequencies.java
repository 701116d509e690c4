package crema.nn.loss;

import java.util.Arrays;

/**
 * How often each class occurs in the training data. A class that never occurs counts as if it did once, so that no
 * formula divides by zero.
 */
public final class ClassFrequencies {
  private final double[] counts;
  private final double rows;
  private final double total;

  /**
   * Frequencies.
   *
   * @param counts the number of rows that have each class
   * @param rows the number of rows; with many labels a row, less than the sum of the counts
   */
  public ClassFrequencies(long[] counts, long rows) {
    if (counts.length == 0 || rows < 1) {
      throw new IllegalArgumentException("class frequencies need a class and a row, not " + counts.length
          + " classes in " + rows + " rows");
    }
    for (int j = 0; j < counts.length; j++) {
      if (counts[j] < 0 || counts[j] > rows) {
        throw new IllegalArgumentException("class " + j + " occurs in " + counts[j] + " of " + rows + " rows");
      }
    }
    this.counts = Arrays.stream(counts).mapToDouble(count -> Math.max(count, 1)).toArray();
    this.rows = rows;
    this.total = Arrays.stream(this.counts).sum();
  }

  /** The number of classes. */
  public int classes() {
    return counts.length;
  }

  /** n: the number of rows that have a class, at least 1. */
  public double count(int label) {
    return counts[label];
  }

  /**
   * b̂ = −log(N / n − 1): the logit of the class's share of all rows (Huang et al., EMNLP 2021). A class that every row
   * has counts as if half a row had it not.
   */
  public double priorLogit(int label) {
    return -Math.log(rows / Math.min(counts[label], rows - 0.5) - 1);
  }

  /** log π: the logarithm of the class's share of all labels. */
  public double logPrior(int label) {
    return Math.log(counts[label] / total);
  }
}
