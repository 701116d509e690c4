package crema.metrics;

import java.util.BitSet;

/**
 * Precision, recall and F1 averaged over labels.
 *
 * @param labels how many labels the averages run over
 * @param support how often these labels were true
 * @param micro from the counts of all labels together
 * @param macro the mean over labels, each of the same weight
 * @param weighted the mean over labels, each weighted by its support
 */
public record Averages(
    int labels, long support, PrecisionRecall micro, PrecisionRecall macro, PrecisionRecall weighted) {

  /** Averages over {@code labels} (scikit-learn's argument {@code labels}). */
  public static Averages over(LabelCounts counts, BitSet labels) {
    double right = 0;
    double predicted = 0;
    double truth = 0;
    long support = 0;
    var macro = new double[3];
    var weighted = new double[3];
    for (int label = labels.nextSetBit(0); label >= 0; label = labels.nextSetBit(label + 1)) {
      right += counts.rightWeight(label);
      predicted += counts.predictedWeight(label);
      truth += counts.trueWeight(label);
      support += counts.support(label);
      var score = counts.score(label);
      add(macro, score, 1);
      add(weighted, score, counts.trueWeight(label));
    }
    return new Averages(
        labels.cardinality(),
        support,
        PrecisionRecall.of(right, predicted, truth),
        divide(macro, labels.cardinality()),
        divide(weighted, truth));
  }

  private static void add(double[] sums, PrecisionRecall score, double weight) {
    sums[0] += weight * score.precision();
    sums[1] += weight * score.recall();
    sums[2] += weight * score.f1();
  }

  private static PrecisionRecall divide(double[] sums, double divisor) {
    return new PrecisionRecall(
        PrecisionRecall.ratio(sums[0], divisor),
        PrecisionRecall.ratio(sums[1], divisor),
        PrecisionRecall.ratio(sums[2], divisor));
  }
}
