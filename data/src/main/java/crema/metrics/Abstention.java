package crema.metrics;

import java.util.Arrays;
import java.util.List;

/**
 * What it gains to leave documents below a confidence to people.
 *
 * @param threshold answer from this probability of the most likely label
 * @param answered how many documents are answered
 * @param coverage the same as a share of all documents
 * @param accuracy the share of the answers that is right; its estimate is NaN where none is given
 */
public record Abstention(double threshold, long answered, double coverage, Interval accuracy) {

  /**
   * One row for each threshold, where the answer is the most likely label.
   *
   * @param probabilities {@code [documents, labels]}
   * @param truth the true label of each document
   */
  public static List<Abstention> table(ScoreMatrix probabilities, int[] truth, double... thresholds) {
    probabilities.requireDocuments(truth.length);
    var row = new float[probabilities.labels()];
    var confidence = new float[truth.length];
    var right = new boolean[truth.length];
    for (int document = 0; document < truth.length; document++) {
      float[] values = probabilities.read(document, row);
      int best = ScoreMatrix.best(values);
      confidence[document] = values[best];
      right[document] = best == truth[document];
    }
    return table(confidence, right, thresholds);
  }

  /**
   * One row for each threshold.
   *
   * @param confidence the probability of each document's answer
   * @param right whether the answer is right
   */
  public static List<Abstention> table(float[] confidence, boolean[] right, double... thresholds) {
    return Arrays.stream(thresholds).mapToObj(threshold -> row(confidence, right, threshold)).toList();
  }

  private static Abstention row(float[] confidence, boolean[] right, double threshold) {
    long answered = 0;
    long rightAnswers = 0;
    for (int document = 0; document < right.length; document++) {
      if (confidence[document] >= (float) threshold) {
        answered++;
        rightAnswers += right[document] ? 1 : 0;
      }
    }
    return new Abstention(
        threshold, answered, PrecisionRecall.ratio(answered, right.length), Interval.ofShare(rightAnswers, answered));
  }
}
