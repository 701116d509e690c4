package crema.metrics;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * How well scores rank true labels above false ones, whatever the threshold, as scikit-learn's
 * {@code roc_auc_score} and {@code average_precision_score} define it; equal scores count half, or as one step. Labels
 * that no document has do not count in macro values, as in those of F1 (scikit-learn counts them as 0 in the macro
 * average precision, which then measures how many labels the documents lack). Exact, in two passes over the scores, with
 * memory for the scores of true labels only.
 *
 * @param microRocAuc the area under the ROC curve of all decisions together; NaN if all are true or all false
 * @param macroRocAuc the mean over those labels that have true and false documents; NaN if none has
 * @param microAveragePrecision the average precision of all decisions together; NaN if none is true
 * @param macroAveragePrecision the mean over those labels that have true documents; NaN if none has
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
   * @param averagePrecision NaN where the label is never true
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
    float[][] ofTrue = ofTrue(scores, sortedTruth);
    var all = new RankedPositives(joined(ofTrue));
    var ofLabels = new RankedPositives[ofTrue.length];
    Arrays.setAll(ofLabels, label -> new RankedPositives(ofTrue[label]));
    var row = new float[scores.labels()];
    for (int document = 0; document < scores.documents(); document++) {
      float[] values = scores.read(document, row);
      int[] labels = sortedTruth[document];
      for (int label = 0, next = 0; label < values.length; label++) {
        if (next < labels.length && labels[next] == label) {
          next++;
        } else {
          ofLabels[label].addFalse(values[label]);
          all.addFalse(values[label]);
        }
      }
    }
    List<LabelRanking> perLabel = Arrays.stream(ofLabels)
        .map(label -> new LabelRanking(label.rocAuc(), label.averagePrecision())).toList();
    return new RankingMetrics(
        all.rocAuc(),
        mean(perLabel, LabelRanking::rocAuc),
        all.averagePrecision(),
        mean(perLabel, LabelRanking::averagePrecision),
        perLabel);
  }

  /** The scores of each label in the documents where it is true, {@code [labels][]}. */
  static float[][] ofTrue(ScoreMatrix scores, int[][] truth) {
    var counts = new int[scores.labels()];
    Arrays.stream(truth).flatMapToInt(Arrays::stream).forEach(label -> counts[label]++);
    var ofTrue = new float[counts.length][];
    Arrays.setAll(ofTrue, label -> new float[counts[label]]);
    var row = new float[scores.labels()];
    for (int document = 0; document < truth.length; document++) {
      float[] values = scores.read(document, row);
      for (int label : truth[document]) {
        ofTrue[label][--counts[label]] = values[label];
      }
    }
    return ofTrue;
  }

  private static float[] joined(float[][] parts) {
    var all = new float[Math.toIntExact(Arrays.stream(parts).mapToLong(part -> part.length).sum())];
    int at = 0;
    for (float[] part : parts) {
      System.arraycopy(part, 0, all, at, part.length);
      at += part.length;
    }
    return all;
  }

  private static double mean(List<LabelRanking> perLabel, ToDoubleFunction<LabelRanking> value) {
    return perLabel.stream().mapToDouble(value).filter(v -> !Double.isNaN(v)).average().orElse(Double.NaN);
  }
}
