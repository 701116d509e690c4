package crema.metrics;

import crema.base.OptionalLibrary;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.commons.math3.random.MersenneTwister;
import org.apache.commons.math3.stat.descriptive.rank.Percentile;
import org.apache.commons.math3.stat.descriptive.rank.Percentile.EstimationType;

/**
 * Confidence intervals by the percentile bootstrap (Efron and Tibshirani, "An Introduction to the Bootstrap", 1993,
 * chapter 13): documents are drawn with replacement, and the interval is where the middle of the resampled values
 * lies. The same seed gives the same interval.
 *
 * <p>A rare label may be missing from a resample, where its F1 is not 0 but unknown: a resample's macro average
 * leaves such labels out, as the estimate leaves out those that occur in no document at all. Resampled averages may then
 * all lie on one side of the estimate: an interval reaches to its estimate nevertheless.
 *
 * @param resamples how often to draw; 1000 is customary
 * @param level the confidence level in (0, 1)
 * @param seed seeds the draws
 */
public record Bootstrap(int resamples, double level, long seed) {
  /** Checks the ranges. */
  public Bootstrap {
    if (resamples < 1) {
      throw new IllegalArgumentException(String.format(Locale.ROOT,
          "%d bootstrap resamples: give at least 1", resamples));
    }
    if (!(level > 0 && level < 1)) {
      throw new IllegalArgumentException(String.format(Locale.ROOT,
          "confidence level %s: give a number between 0 and 1", level));
    }
  }

  /** 1000 resamples at the 95% level. */
  public static Bootstrap ofSeed(long seed) {
    return new Bootstrap(1000, 0.95, seed);
  }

  /**
   * An interval around each metric.
   *
   * @throws IllegalArgumentException if there are no documents
   */
  public Map<Metric, Interval> intervals(Outcomes outcomes, Collection<Metric> metrics) {
    var chosen = List.copyOf(metrics);
    double[][] resampled = resample(List.of(outcomes), chosen)[0];
    var estimate = ClassificationMetrics.of(outcomes);
    var intervals = new EnumMap<Metric, Interval>(Metric.class);
    for (int m = 0; m < chosen.size(); m++) {
      intervals.put(chosen.get(m), interval(chosen.get(m).of(estimate), resampled[m]));
    }
    return intervals;
  }

  /**
   * Compares two models on the same documents, drawing the same documents for both (Berg-Kirkpatrick, Burkett and
   * Klein, "An Empirical Investigation of Statistical Significance in NLP", EMNLP 2012).
   *
   * @throws IllegalArgumentException if the documents are none, or not the same ones
   */
  public Comparison compare(Outcomes first, Outcomes second, Metric metric) {
    PairedDocuments.require(first, second);
    var resampled = resample(List.of(first, second), List.of(metric));
    double firstValue = metric.of(ClassificationMetrics.of(first));
    double secondValue = metric.of(ClassificationMetrics.of(second));
    var differences = new double[resamples];
    int atMostZero = 0;
    int atLeastZero = 0;
    for (int i = 0; i < resamples; i++) {
      differences[i] = resampled[1][0][i] - resampled[0][0][i];
      atMostZero += differences[i] <= 0 ? 1 : 0;
      atLeastZero += differences[i] >= 0 ? 1 : 0;
    }
    // One is added above and below so that a finite number of draws never claims certainty.
    double pValue = Math.min(1, 2.0 * (Math.min(atMostZero, atLeastZero) + 1) / (resamples + 1));
    return new Comparison(
        metric, firstValue, secondValue, interval(secondValue - firstValue, differences), pValue);
  }

  /** The resampled values, {@code [outcomes][metrics][resamples]}. */
  private double[][][] resample(List<Outcomes> outcomes, List<Metric> metrics) {
    int documents = outcomes.getFirst().documents();
    if (documents == 0) {
      throw new IllegalArgumentException("no documents to resample: a confidence interval needs at least one");
    }
    OptionalLibrary.COMMONS_MATH.require("computing confidence intervals");
    var values = new double[outcomes.size()][metrics.size()][resamples];
    var resampling = outcomes.stream().map(Resampling::new).toList();
    var random = new MersenneTwister(seed);
    var times = new int[documents];
    for (int i = 0; i < resamples; i++) {
      Arrays.fill(times, 0);
      for (int draw = 0; draw < documents; draw++) {
        times[random.nextInt(documents)]++;
      }
      for (int o = 0; o < values.length; o++) {
        var resample = resampling.get(o).metrics(times);
        for (int m = 0; m < metrics.size(); m++) {
          values[o][m][i] = metrics.get(m).of(resample);
        }
      }
    }
    return values;
  }

  private Interval interval(double estimate, double[] values) {
    var percentile = new Percentile().withEstimationType(EstimationType.R_7);
    percentile.setData(values);
    double tail = 50 * (1 - level);
    return new Interval(estimate, Math.min(estimate, percentile.evaluate(tail)),
        Math.max(estimate, percentile.evaluate(100 - tail)), level);
  }

  /** Computes the metrics of one resample after another into the same counts. */
  private static final class Resampling {

    private final Outcomes outcomes;
    private final LabelCounts counts;

    Resampling(Outcomes outcomes) {
      this.outcomes = outcomes;
      counts = outcomes.counts();
    }

    /** The metrics where each document occurs so many times. */
    ClassificationMetrics metrics(int[] times) {
      counts.clear();
      for (int document = 0; document < times.length; document++) {
        if (times[document] > 0) {
          outcomes.count(document, times[document], counts);
        }
      }
      return ClassificationMetrics.of(outcomes, counts, counts.occurringLabels());
    }
  }
}
