package crema.fasttext;

import crema.base.IntList;
import crema.metrics.LabelCounts;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntToLongFunction;
import java.util.stream.IntStream;

/**
 * What a classifier got right, by fastText's definitions: over all predictions of all lines, and by label.
 *
 * <p>Ratios whose denominator is zero are NaN.
 */
public final class Evaluation {
  private final List<String> labels;
  private final LabelCounts counts;
  private final ScoreLog[] scores;
  private long examples;

  Evaluation(List<String> labels) {
    this.labels = labels;
    counts = new LabelCounts(labels.size());
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
      counts.addLabel(labelsOfLine.get(i), 0, 0, 1);
    }
    for (int rank = 0; rank < predictions.size(); rank++) {
      int label = predictions.id(rank);
      boolean right = labelsOfLine.contains(label);
      counts.addLabel(label, right ? 1 : 0, 1, 0);
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
    return ratio(sum(counts::truePositives), sum(counts::predictions));
  }

  /** The share of right labels that are predicted: {@code R@k}. */
  public double recall() {
    return ratio(sum(counts::truePositives), sum(counts::support));
  }

  /** The harmonic mean of {@link #precision()} and {@link #recall()}: micro F1. */
  public double f1() {
    return ratio(2 * sum(counts::truePositives), sum(counts::predictions) + sum(counts::support));
  }

  /** The precision of a label. */
  public double precision(int label) {
    return ratio(counts.truePositives(label), counts.predictions(label));
  }

  /** The recall of a label. */
  public double recall(int label) {
    return ratio(counts.truePositives(label), counts.support(label));
  }

  /** The F1 of a label. */
  public double f1(int label) {
    return ratio(2 * counts.truePositives(label), counts.predictions(label) + counts.support(label));
  }

  /** How many lines have this label. */
  public long support(int label) {
    return counts.support(label);
  }

  /** The mean F1 of the labels that occur, a label never predicted counting 0. */
  public double macroF1() {
    double sum = 0;
    int count = 0;
    for (int label = 0; label < labels.size(); label++) {
      if (support(label) > 0) {
        sum += f1(label);
        count++;
      }
    }
    return count == 0 ? Double.NaN : sum / count;
  }

  /** The mean F1 of the labels, weighted by how often they occur. */
  public double weightedF1() {
    double sum = 0;
    for (int label = 0; label < labels.size(); label++) {
      if (support(label) > 0) {
        sum += support(label) * f1(label);
      }
    }
    return sum(counts::support) == 0 ? Double.NaN : sum / sum(counts::support);
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
        best = Math.max(best, value.of(ratio(right, order.length - i), ratio(right, support(label))));
      }
    }
    return best;
  }

  private long sum(IntToLongFunction count) {
    return IntStream.range(0, labels.size()).mapToLong(count).sum();
  }

  private static double ratio(long part, long whole) {
    return whole == 0 ? Double.NaN : (double) part / whole;
  }
}
