package crema.metrics;

import java.util.Arrays;
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
    var values = new float[scores.labels()];
    for (int label = 0; label < values.length; label++) {
      var ranked = new RankedScores(scores.documents());
      for (int document = 0; document < scores.documents(); document++) {
        ranked.add(scores.score(document, label), Arrays.binarySearch(sortedTruth[document], label) >= 0);
      }
      values[label] = ranked.positives() == 0 ? (float) fallback : bestThreshold(ranked.sort());
    }
    return new Thresholds(values, false);
  }

  private static float bestThreshold(RankedScores ranked) {
    var search =
        new RankedScores.Step() {
          private double bestF1 = -1;
          private float threshold;
          private boolean awaitsNext;

          @Override
          public void at(float score, long truePositives, long falsePositives) {
            if (awaitsNext) {
              float middle = score + (threshold - score) / 2;
              // Between neighbouring floats there is none: then the higher one is the threshold.
              threshold = middle > score ? middle : threshold;
              awaitsNext = false;
            }
            double f1 = PrecisionRecall.of(truePositives, truePositives + falsePositives, ranked.positives()).f1();
            if (f1 > bestF1) {
              bestF1 = f1;
              threshold = score;
              awaitsNext = true;
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
          "thresholds for %d labels do not fit scores of %d".formatted(values.length, scores.labels()));
    }
    var predicted = new int[scores.documents()][];
    Arrays.setAll(predicted, document -> decode(scores, document));
    return predicted;
  }

  private int[] decode(ScoreMatrix scores, int document) {
    var reached = IntStream.range(0, values.length).filter(l -> scores.score(document, l) >= values[l]).toArray();
    return reached.length == 0 && atLeastOne && values.length > 0
        ? new int[] {nearest(scores, document)}
        : reached;
  }

  private int nearest(ScoreMatrix scores, int document) {
    int nearest = 0;
    for (int label = 1; label < values.length; label++) {
      int order = Double.compare(margin(scores, document, label), margin(scores, document, nearest));
      if (order > 0 || (order == 0 && scores.score(document, label) > scores.score(document, nearest))) {
        nearest = label;
      }
    }
    return nearest;
  }

  private double margin(ScoreMatrix scores, int document, int label) {
    return (double) scores.score(document, label) - values[label];
  }
}
