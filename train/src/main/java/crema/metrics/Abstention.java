package crema.metrics;

import java.util.Arrays;
import java.util.List;

/**
 * What it gains to leave documents below a confidence to people.
 *
 * @param threshold answer from this probability of the most likely label
 * @param answered how many documents are answered
 * @param coverage the same as a share of all documents
 * @param accuracy the share of the answers that is right; NaN where none is given
 */
public record Abstention(double threshold, long answered, double coverage, double accuracy) {

  /**
   * One row for each threshold.
   *
   * @param probabilities {@code [documents, labels]}
   * @param truth the true label of each document
   */
  public static List<Abstention> table(ScoreMatrix probabilities, int[] truth, double... thresholds) {
    probabilities.requireDocuments(truth.length);
    return Arrays.stream(thresholds).mapToObj(threshold -> row(probabilities, truth, threshold)).toList();
  }

  private static Abstention row(ScoreMatrix probabilities, int[] truth, double threshold) {
    long answered = 0;
    long right = 0;
    for (int document = 0; document < truth.length; document++) {
      int best = probabilities.best(document);
      if (probabilities.score(document, best) >= (float) threshold) {
        answered++;
        right += best == truth[document] ? 1 : 0;
      }
    }
    return new Abstention(
        threshold, answered, PrecisionRecall.ratio(answered, truth.length), (double) right / answered);
  }
}
