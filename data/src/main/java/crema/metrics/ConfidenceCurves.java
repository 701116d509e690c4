package crema.metrics;

import java.util.Arrays;

/** Finds the {@link ConfidenceCurve} of a model on rows that it has not learned from. */
public final class ConfidenceCurves {
  private ConfidenceCurves() {}

  /**
   * Of one label a document: a temperature, and the curve of the best label's log-odds.
   *
   * @param logits {@code [documents, labels]}, finite
   * @param truth the true label of each document
   * @return none where there are no documents
   * @throws IllegalArgumentException if truth and scores have different lengths
   */
  public static ConfidenceCurve ofBest(ScoreMatrix logits, int[] truth) {
    logits.requireDocuments(truth.length);
    if (truth.length == 0 || logits.labels() < 2) {
      return ConfidenceCurve.NONE;
    }
    double temperature = Temperature.fitSoftmax(logits, truth).value();
    var fit = new CurveFit(temperature);
    for (int document = 0; document < truth.length; document++) {
      float[] row = logits.row(document);
      fit.add(document, ConfidenceCurve.logOddsOfBest(row, temperature), ScoreMatrix.best(row) == truth[document]);
    }
    return fit.fit();
  }

  /**
   * Of any number of labels a document, one curve for all decisions.
   *
   * @param probabilities {@code [documents, labels]}
   * @param truth the labels that hold of each document
   * @return none where there are no documents
   * @throws IllegalArgumentException if truth and scores have different lengths
   */
  public static ConfidenceCurve ofDecisions(ScoreMatrix probabilities, int[][] truth) {
    probabilities.requireDocuments(truth.length);
    var sortedTruth = LabelSets.sortedCopy(truth, probabilities.labels());
    var fit = new CurveFit(1);
    for (int document = 0; document < truth.length; document++) {
      float[] row = probabilities.row(document);
      for (int label = 0; label < row.length; label++) {
        double probability = row[label];
        fit.add(document, ConfidenceCurve.logOdds(probability, 1 - probability),
            Arrays.binarySearch(sortedTruth[document], label) >= 0);
      }
    }
    return fit.fit();
  }
}
