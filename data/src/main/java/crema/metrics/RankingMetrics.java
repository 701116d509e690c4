package crema.metrics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;

/**
 * How well scores rank true labels above false ones, whatever the threshold, as scikit-learn's
 * {@code roc_auc_score} and {@code average_precision_score} define it; equal scores count half, or as one step.
 *
 * @param microRocAuc the area under the ROC curve of all decisions together; NaN if all are true or all false
 * @param macroRocAuc the mean over those labels that have true and false documents; NaN if none has
 * @param microAveragePrecision the average precision of all decisions together
 * @param macroAveragePrecision the mean over all labels, where one that is never true counts as 0
 * @param perLabel every label, by number
 */
public record RankingMetrics(
    double microRocAuc,
    double macroRocAuc,
    double microAveragePrecision,
    double macroAveragePrecision,
    List<LabelRanking> perLabel) {

  /**
   * How one label ranks its documents.
   *
   * @param rocAuc NaN unless the label has both true and false documents
   * @param averagePrecision 0 where the label is never true
   */
  public record LabelRanking(double rocAuc, double averagePrecision) {}

  /** Copies the list. */
  public RankingMetrics {
    perLabel = List.copyOf(perLabel);
  }

  /** For one true label a document: each label against the rest. */
  public static RankingMetrics of(ScoreMatrix scores, int[] truth) {
    return of(scores, LabelSets.singletons(truth));
  }

  /**
   * For any number of true labels a document.
   *
   * @throws IllegalArgumentException if truth and scores have different lengths, or a label is out of range
   */
  public static RankingMetrics of(ScoreMatrix scores, int[][] truth) {
    scores.requireDocuments(truth.length);
    var sortedTruth = LabelSets.sortedCopy(truth, scores.labels());
    var perLabel = new ArrayList<LabelRanking>();
    var all = new RankedScores(scores.documents() * scores.labels());
    for (int label = 0; label < scores.labels(); label++) {
      var ofLabel = new RankedScores(scores.documents());
      for (int document = 0; document < scores.documents(); document++) {
        boolean isTrue = Arrays.binarySearch(sortedTruth[document], label) >= 0;
        ofLabel.add(scores.score(document, label), isTrue);
        all.add(scores.score(document, label), isTrue);
      }
      ofLabel.sort();
      perLabel.add(new LabelRanking(ofLabel.rocAuc(), ofLabel.averagePrecision()));
    }
    all.sort();
    return new RankingMetrics(
        all.rocAuc(),
        mean(perLabel, LabelRanking::rocAuc).orElse(Double.NaN),
        all.averagePrecision(),
        mean(perLabel, LabelRanking::averagePrecision).orElse(0),
        perLabel);
  }

  private static OptionalDouble mean(List<LabelRanking> perLabel, ToDoubleFunction<LabelRanking> value) {
    return perLabel.stream().mapToDouble(value).filter(v -> !Double.isNaN(v)).average();
  }
}
