package crema.nn.loss;

import crema.base.Keyed;
import java.util.Arrays;

/**
 * Class-balanced weights r = (1 − β) / (1 − βⁿ), the inverse of the effective number of examples (Cui et al.,
 * "Class-Balanced Loss Based on Effective Number of Samples", CVPR 2019, equation 4; for many labels a row, Huang et
 * al., EMNLP 2021). A row without labels weighs 1 − β in the modes that give one weight to a row, as if
 * its labels were infinitely frequent.
 *
 * @param beta β, in [0, 1)
 * @param mode which n
 */
public record ClassBalancing(double beta, Mode mode) implements Reweighting {
  /** What r is computed from. */
  public enum Mode implements Keyed {
    /** Each label has its own r. */
    BY_CLASS,
    /** All labels have r of the mean n of the row's labels. */
    AVERAGE_COUNT,
    /** All labels have the mean r of the row's labels. */
    AVERAGE_WEIGHT,
    /** All labels have r of the least n of the row's labels. */
    MINIMUM_COUNT
  }

  /** Checks the ranges. */
  public ClassBalancing {
    Checks.inUnitInterval("class-balanced beta", beta);
  }

  /** Each label has its own r. */
  public ClassBalancing(double beta) {
    this(beta, Mode.BY_CLASS);
  }

  @Override
  public Weights weights(LabelFrequencies frequencies) {
    int labels = frequencies.labels();
    var counts = new double[labels];
    var byLabel = new double[labels];
    for (int j = 0; j < labels; j++) {
      counts[j] = frequencies.count(j);
      byLabel[j] = weight(counts[j]);
    }
    return switch (mode) {
      case BY_CLASS -> (targets, from, weights) -> System.arraycopy(byLabel, 0, weights, 0, labels);
      case AVERAGE_COUNT -> (targets, from, weights) -> Arrays.fill(weights,
          weight(mean(targets, from, counts, Double.POSITIVE_INFINITY)));
      case AVERAGE_WEIGHT -> (targets, from, weights) -> Arrays.fill(weights, mean(targets, from, byLabel, 1 - beta));
      case MINIMUM_COUNT -> (targets, from, weights) -> Arrays.fill(weights, weight(minimum(targets, from, counts)));
    };
  }

  /** r, with 1 − βⁿ kept exact where β is near one. */
  private double weight(double count) {
    return (1 - beta) / -Math.expm1(count * Math.log(beta));
  }

  private static double mean(double[] targets, int from, double[] values, double whenEmpty) {
    double sum = 0;
    double shares = 0;
    for (int j = 0; j < values.length; j++) {
      sum += targets[from + j] * values[j];
      shares += targets[from + j];
    }
    return shares == 0 ? whenEmpty : sum / shares;
  }

  private static double minimum(double[] targets, int from, double[] values) {
    double minimum = Double.POSITIVE_INFINITY;
    for (int j = 0; j < values.length; j++) {
      if (targets[from + j] > 0) {
        minimum = Math.min(minimum, values[j]);
      }
    }
    return minimum;
  }
}
