package crema.fasttext;

import crema.base.IntList;
import java.util.Arrays;
import java.util.List;

/**
 * What a classifier got right, by fastText's definitions: over all predictions of all lines, and by label.
 *
 * <p>Ratios whose denominator is zero are NaN.
 */
public final class Evaluation {
  private final List<String> labels;
  private final long[] gold;
  private final long[] predicted;
  private final long[] correct;
  private final ScoreLog[] scores;
  private long examples;

  Evaluation(List<String> labels) {
    this.labels = labels;
    gold = new long[labels.size()];
    predicted = new long[labels.size()];
    correct = new long[labels.size()];
    scores = new ScoreLog[labels.size()];
    Arrays.setAll(scores, label -> new ScoreLog());
  }

  /** Every prediction of one label: its score, and whether it was right. */
  private static final class ScoreLog {
    private final IntList scores = new IntList();
    private final IntList right = new IntList();

    void add(float score, boolean isRight) {
      scores.add(Float.floatToRawIntBits(score));
      right.add(isRight ? 1 : 0);
    }
  }

  void add(IntList labelsOfLine, TopK predictions) {
    examples++;
    for (int i = 0; i < labelsOfLine.size(); i++) {
      gold[labelsOfLine.get(i)]++;
    }
    for (int rank = 0; rank < predictions.size(); rank++) {
      int label = predictions.id(rank);
      boolean right = labelsOfLine.contains(label);
      predicted[label]++;
      if (right) {
        correct[label]++;
      }
      scores[label].add(Math.min((float) Math.exp(predictions.score(rank)), 1f), right);
    }
  }

  /** The lines that had a known label and a known word or n-gram. */
  public long examples() {
    return examples;
  }

  /** The model's labels, in its order. */
  public List<String> labels() {
    return labels;
  }

  /** The share of predicted labels that are right: {@code P@k}. */
  public double precision() {
    return ratio(sum(correct), sum(predicted));
  }

  /** The share of right labels that are predicted: {@code R@k}. */
  public double recall() {
    return ratio(sum(correct), sum(gold));
  }

  /** The harmonic mean of {@link #precision()} and {@link #recall()}: micro F1. */
  public double f1() {
    return ratio(2 * sum(correct), sum(predicted) + sum(gold));
  }

  public double precision(int label) {
    return ratio(correct[label], predicted[label]);
  }

  public double recall(int label) {
    return ratio(correct[label], gold[label]);
  }

  public double f1(int label) {
    return ratio(2 * correct[label], predicted[label] + gold[label]);
  }

  /** How many lines have this label. */
  public long support(int label) {
    return gold[label];
  }

  /** The mean F1 of the labels that occur, a label never predicted counting 0. */
  public double macroF1() {
    double sum = 0;
    int count = 0;
    for (int label = 0; label < gold.length; label++) {
      if (gold[label] > 0) {
        sum += f1(label);
        count++;
      }
    }
    return count == 0 ? Double.NaN : sum / count;
  }

  /** The mean F1 of the labels, weighted by how often they occur. */
  public double weightedF1() {
    double sum = 0;
    for (int label = 0; label < gold.length; label++) {
      if (gold[label] > 0) {
        sum += gold[label] * f1(label);
      }
    }
    return sum(gold) == 0 ? Double.NaN : sum / sum(gold);
  }

  /**
   * The best precision that some threshold reaches with at least so much recall; 0 if none does. Meaningful if the
   * predictions were made without a threshold.
   */
  public double precisionAtRecall(int label, double recall) {
    return sweep(label, (p, r) -> r >= recall ? p : 0);
  }

  /** The best recall that some threshold reaches with at least so much precision; 0 if none does. */
  public double recallAtPrecision(int label, double precision) {
    return sweep(label, (p, r) -> p >= precision ? r : 0);
  }

  private interface Value {
    double of(double precision, double recall);
  }

  /** The largest value over all thresholds, that is over all distinct scores. */
  private double sweep(int label, Value value) {
    ScoreLog log = scores[label];
    // Scores are not negative, so that their bits sort as they do; the flag goes below them.
    var order = new long[log.scores.size()];
    for (int i = 0; i < order.length; i++) {
      order[i] = (long) log.scores.get(i) << 1 | log.right.get(i);
    }
    Arrays.sort(order);
    double best = 0;
    long right = 0;
    for (int i = order.length - 1; i >= 0; i--) {
      right += order[i] & 1;
      if (i == 0 || order[i - 1] >> 1 != order[i] >> 1) {
        best = Math.max(best, value.of(ratio(right, order.length - i), ratio(right, gold[label])));
      }
    }
    return best;
  }

  private static long sum(long[] counts) {
    return Arrays.stream(counts).sum();
  }

  private static double ratio(long part, long whole) {
    return whole == 0 ? Double.NaN : (double) part / whole;
  }
}
