package crema.audit;

import crema.data.LabelSet;
import java.util.Arrays;
import java.util.TreeSet;

/**
 * Finds labels that are probably wrong (Northcutt, Jiang, Chuang: "Confident Learning: Estimating Uncertainty in Dataset
 * Labels", Journal of Artificial Intelligence Research 70, 2021): a row belongs confidently to a label if that is at least
 * as probable as it is, on average, for the rows which have it. A row that belongs confidently to another label, and more
 * probably than to its own, is doubtful. Two bounds that are not in the paper: a probability of 0.8 is enough where a
 * label is nearly always certain, and one of 0.5 is needed where it never is, as in a long tail. Of several labels a row
 * each is decided on for itself.
 */
final class ConfidentLearning {
  private static final double HALF = 0.5;
  /** So probable a label is confident, however sure the model is of it elsewhere. */
  private static final double LIKELY = 0.8;
  private static final double UNLIKELY = 0.05;

  private final LabelSet labels;
  private final boolean exclusive;
  /** The mean probability of each label for the rows that have it; 1 for a label of no row. */
  private final double[] thresholds;
  /** The mean probability of each label for the rows that do not have it. */
  private final double[] backgrounds;

  /**
   * Learns the thresholds.
   *
   * @param scores of all rows
   * @param sums of the probabilities of each label over all rows
   * @param exclusive whether a row has exactly one label
   */
  ConfidentLearning(LabelSet labels, RowScores[] scores, double[] sums, boolean exclusive) {
    this.labels = labels;
    this.exclusive = exclusive;
    var counts = new long[labels.size()];
    thresholds = new double[labels.size()];
    backgrounds = new double[labels.size()];
    for (RowScores row : scores) {
      for (int i = 0; i < row.given().length; i++) {
        thresholds[row.given()[i]] += row.ofGiven()[i];
        counts[row.given()[i]]++;
      }
    }
    for (int label = 0; label < thresholds.length; label++) {
      backgrounds[label] = (sums[label] - thresholds[label]) / Math.max(1, scores.length - counts[label]);
      thresholds[label] = counts[label] == 0 ? 1 : thresholds[label] / counts[label];
    }
  }

  /** What the scores of a row say of its labels. */
  Judgement judge(AuditRow row, RowScores scores) {
    int[] suggested = !scores.isJudged() ? scores.given()
        : exclusive ? onlyLabel(scores) : severalLabels(scores);
    return new Judgement(row, scores.confidence(exclusive), !Arrays.equals(suggested, scores.given()),
        Arrays.stream(suggested).mapToObj(labels::name).toList(),
        scores.others().length == 0 ? "" : labels.name(scores.others()[0]),
        scores.others().length == 0 ? 0 : scores.ofOthers()[0], scores.isJudged());
  }

  /** From which probability on a row belongs confidently to a label. */
  private double confident(int label) {
    return Math.clamp(thresholds[label], HALF, LIKELY);
  }

  private int[] onlyLabel(RowScores scores) {
    boolean belongs = scores.ofGiven()[0] >= confident(scores.given()[0]);
    for (int i = 0; i < scores.others().length; i++) {
      if (scores.ofOthers()[i] >= confident(scores.others()[i])) {
        // Others are in order: the first is the most probable.
        return belongs && scores.ofGiven()[0] >= scores.ofOthers()[i] ? scores.given()
            : new int[] {scores.others()[i]};
      }
    }
    return scores.given();
  }

  private int[] severalLabels(RowScores scores) {
    var suggested = new TreeSet<Integer>();
    for (int i = 0; i < scores.given().length; i++) {
      int label = scores.given()[i];
      // A label that the model finds in most rows which have it, and here no more than in those which have not.
      boolean isMissed = thresholds[label] >= HALF
          && scores.ofGiven()[i] <= Math.max(UNLIKELY, backgrounds[label]);
      if (!isMissed) {
        suggested.add(label);
      }
    }
    for (int i = 0; i < scores.others().length; i++) {
      if (scores.ofOthers()[i] >= confident(scores.others()[i])) {
        suggested.add(scores.others()[i]);
      }
    }
    return suggested.isEmpty() ? scores.given() : suggested.stream().mapToInt(Integer::intValue).toArray();
  }
}
