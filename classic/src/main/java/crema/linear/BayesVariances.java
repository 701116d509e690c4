package crema.linear;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * How far the weights of a label may go under {@link FeatureWeights#BAYES}: r² of each sparse feature, and 1 for dense
 * ones, which are not counted, and for the constant.
 *
 * <p>r = ln((c⁺ + a⁺)/n⁺) - ln((c⁻ + a⁻)/n⁻), where c counts the texts with the feature on either side and n all texts
 * there. Wang and Manning count one text more on either side; where one side has far fewer texts, that makes features of
 * its that no text has look as if they spoke for it. Here the smaller side has one more, and the other as many more as
 * it is larger: a feature that no text has, or as many as chance would have it, says nothing.
 */
final class BayesVariances {
  private final DualProblem problem;
  /** The texts that have each feature, as they weigh; found with the first label. */
  private double @Nullable [] all;
  private final double[] counts;
  private final double[] variances;

  BayesVariances(DualProblem problem) {
    this.problem = problem;
    counts = new double[problem.sparseWeights()];
    variances = new double[problem.weights()];
  }

  /**
   * The variances of the weights of a label.
   *
   * @return one a weight of the solver; overwritten by the next call
   */
  double[] of(int label, LabelTargets targets) {
    double[] total = all(targets);
    double texts = 0;
    for (int row = 0; row < targets.rows(); row++) {
      texts += targets.weight(row);
    }
    Arrays.fill(counts, 0);
    double with = 0;
    for (int row : targets.rowsOf(label)) {
      problem.count(row, targets.weight(row), counts);
      with += targets.weight(row);
    }
    double without = texts - with;
    Arrays.fill(variances, 1);
    if (with > 0 && without > 0) {
      double smaller = Math.min(with, without);
      double one = with / smaller;
      double other = without / smaller;
      double odds = StrictMath.log(without / with);
      for (int feature = 0; feature < counts.length; feature++) {
        double r = StrictMath.log((counts[feature] + one) / (total[feature] - counts[feature] + other)) + odds;
        variances[feature] = r * r;
      }
    }
    return variances;
  }

  private double[] all(LabelTargets targets) {
    if (all == null) {
      all = new double[counts.length];
      for (int row = 0; row < targets.rows(); row++) {
        problem.count(row, targets.weight(row), all);
      }
    }
    return all;
  }
}
