package crema.metrics;

import java.util.Arrays;
import java.util.Locale;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/** From which score on each label is predicted. Scores and thresholds are compared as floats. */
public final class Thresholds {

  private final float[] values;
  private final boolean atLeastOne;

  private Thresholds(float[] values, boolean atLeastOne) {
    this.values = values;
    this.atLeastOne = atLeastOne;
  }

  /** The same threshold for every label. */
  public static Thresholds global(double threshold, int labels) {
    var values = new float[labels];
    Arrays.fill(values, (float) threshold);
    return new Thresholds(values, false);
  }

  /** A threshold for each label, {@code [labels]}, which are copied. */
  public static Thresholds perLabel(float[] values) {
    return new Thresholds(values.clone(), false);
  }

  /**
   * The threshold for each label that gives it the highest F1 on validation data, halfway between the lowest score
   * it lets in and the next one below (Yang, "A Study on Thresholding Strategies for Text Categorization", SIGIR
   * 2001: SCut). Of equally good ones it is the highest.
   *
   * @param scores {@code [documents, labels]}
   * @param truth the true labels of each document
   * @param fallback the threshold of a label that is never true here
   */
  public static Thresholds fitPerLabel(ScoreMatrix scores, int[][] truth, double fallback) {
    scores.requireDocuments(truth.length);
    var sortedTruth = LabelSets.sortedCopy(truth, scores.labels());
    float[][] ofTrue = RankingMetrics.ofTrue(scores, sortedTruth);
    var ranked = new RankedPositives[ofTrue.length];
    Arrays.setAll(ranked, label -> new RankedPositives(ofTrue[label]));
    var row = new float[scores.labels()];
    for (int document = 0; document < scores.documents(); document++) {
      float[] read = scores.read(document, row);
      for (int label = 0; label < read.length; label++) {
        if (Arrays.binarySearch(sortedTruth[document], label) < 0) {
          ranked[label].addFalse(read[label]);
        }
      }
    }
    var values = new float[ranked.length];
    for (int label = 0; label < values.length; label++) {
      values[label] = ranked[label].positives() == 0 ? (float) fallback : bestThreshold(ranked[label]);
    }
    return new Thresholds(values, false);
  }

  private static float bestThreshold(RankedPositives ranked) {
    var search =
        new RankedPositives.Step() {
          private double bestF1 = -1;
          private float threshold;

          @Override
          public void at(float score, long truePositives, long falsePositives, float next) {
            double f1 = PrecisionRecall.of(truePositives, truePositives + falsePositives, ranked.positives()).f1();
            if (f1 > bestF1) {
              bestF1 = f1;
              float middle = next + (score - next) / 2;
              // Between neighbouring floats there is none, nor below the lowest score: then the score is the threshold.
              threshold = middle > next ? middle : score;
            }
          }
        };
    ranked.forEachStep(search);
    return search.threshold;
  }

  /**
   * The same thresholds, but a document where no label reaches its own gets the label that comes nearest: of the
   * highest score minus threshold, of equal ones the highest score, then the first.
   */
  public Thresholds withAtLeastOne() {
    return new Thresholds(values, true);
  }

  /** The same after a rising function of scores; a threshold that no probability reaches stays. */
  public Thresholds map(UnaryOperator<Float> function) {
    var mapped = new float[values.length];
    for (int label = 0; label < mapped.length; label++) {
      mapped[label] = function.apply(values[label]);
    }
    return new Thresholds(mapped, atLeastOne);
  }

  /** Whether every document gets a label. */
  public boolean isAtLeastOne() {
    return atLeastOne;
  }

  /** The number of labels. */
  public int labels() {
    return values.length;
  }

  /** The threshold of one label. */
  public float value(int label) {
    return values[label];
  }

  /**
   * The labels predicted for each document, ascending, {@code [documents][]}.
   *
   * @throws IllegalArgumentException if the scores are of another number of labels
   */
  public int[][] decode(ScoreMatrix scores) {
    if (scores.labels() != values.length) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT,
              "thresholds for %d labels do not fit scores of %d", values.length, scores.labels()));
    }
    var predicted = new int[scores.documents()][];
    var row = new float[values.length];
    for (int document = 0; document < predicted.length; document++) {
      predicted[document] = decode(scores.read(document, row));
    }
    return predicted;
  }

  private int[] decode(float[] scores) {
    var reached = IntStream.range(0, values.length).filter(label -> scores[label] >= values[label]).toArray();
    return reached.length == 0 && atLeastOne && values.length > 0 ? new int[] {nearest(scores)} : reached;
  }

  private int nearest(float[] scores) {
    int nearest = 0;
    for (int label = 1; label < values.length; label++) {
      int order = Double.compare(margin(scores, label), margin(scores, nearest));
      if (order > 0 || (order == 0 && scores[label] > scores[nearest])) {
        nearest = label;
      }
    }
    return nearest;
  }

  private double margin(float[] scores, int label) {
    return (double) scores[label] - values[label];
  }
}
