package crema.metrics;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * Whether confidence means what it says: of the predictions made with 80%, four in five should be right. Bins have
 * equal width and hold their upper end (Guo, Pleiss, Sun and Weinberger, "On Calibration of Modern Neural
 * Networks", ICML 2017, equations 2 and 3).
 *
 * @param expectedError the mean over predictions of their bin's |accuracy − confidence|
 * @param balancedError the same over bins of equal count, as many as there are bins
 * @param maximumError the largest of a bin that has predictions
 * @param bins all bins, from the least confidence
 */
public record Calibration(double expectedError, double balancedError, double maximumError, List<Bin> bins) {

  /**
   * Predictions of similar confidence.
   *
   * @param low confidences are above this (the first bin holds 0 as well)
   * @param high and up to this
   * @param count how many predictions
   * @param confidence their mean confidence, or 0 where there are none
   * @param accuracy the share of them that is right, or 0 where there are none
   */
  public record Bin(double low, double high, long count, double confidence, double accuracy) {

    double gap() {
      return Math.abs(accuracy - confidence);
    }
  }

  /** Copies the list. */
  public Calibration {
    bins = List.copyOf(bins);
  }

  /**
   * Of the most likely label of each document.
   *
   * @param probabilities {@code [documents, labels]}
   * @param truth the true label of each document
   * @param binCount how many bins; 15 is customary
   */
  public static Calibration ofBest(ScoreMatrix probabilities, int[] truth, int binCount) {
    probabilities.requireDocuments(truth.length);
    var counting = new Counting(binCount);
    var row = new float[probabilities.labels()];
    for (int document = 0; document < truth.length; document++) {
      float[] values = probabilities.read(document, row);
      int best = ScoreMatrix.best(values);
      counting.add(values[best], best == truth[document]);
    }
    return counting.calibration();
  }

  /**
   * Of every decision of a multi-label model: of the labels given 80%, four in five should be true.
   *
   * @param probabilities {@code [documents, labels]}
   * @param truth the true labels of each document
   * @param binCount how many bins; 15 is customary
   */
  public static Calibration ofDecisions(ScoreMatrix probabilities, int[][] truth, int binCount) {
    probabilities.requireDocuments(truth.length);
    var sortedTruth = LabelSets.sortedCopy(truth, probabilities.labels());
    var counting = new Counting(binCount);
    var row = new float[probabilities.labels()];
    for (int document = 0; document < truth.length; document++) {
      float[] values = probabilities.read(document, row);
      for (int label = 0; label < values.length; label++) {
        counting.add(values[label], Arrays.binarySearch(sortedTruth[document], label) >= 0);
      }
    }
    return counting.calibration();
  }

  /** Sums per bin. */
  private static final class Counting {

    private final long[] counts;
    private final long[] right;
    private final double[] confidence;
    private final Ranks ranks = new Ranks();

    Counting(int binCount) {
      if (binCount < 1) {
        throw new IllegalArgumentException(String.format(Locale.ROOT,
            "%d calibration bins: give at least 1", binCount));
      }
      counts = new long[binCount];
      right = new long[binCount];
      confidence = new double[binCount];
    }

    void add(float probability, boolean isRight) {
      if (probability < 0 || probability > 1 + 1e-6) {
        throw new IllegalArgumentException(String.format(Locale.ROOT,
            "confidence %s is not a probability", probability));
      }
      int bin = Math.clamp((long) Math.ceil((double) probability * counts.length) - 1, 0, counts.length - 1);
      counts[bin]++;
      right[bin] += isRight ? 1 : 0;
      confidence[bin] += probability;
      ranks.add(probability, isRight);
    }

    Calibration calibration() {
      long total = Arrays.stream(counts).sum();
      var bins = IntStream.range(0, counts.length).mapToObj(this::bin).toList();
      double expected = bins.stream().mapToDouble(bin -> bin.count * bin.gap()).sum();
      double maximum = bins.stream().mapToDouble(Bin::gap).max().orElse(0);
      return new Calibration(PrecisionRecall.ratio(expected, total), ranks.error(counts.length), maximum,
          bins);
    }

    private Bin bin(int bin) {
      return new Bin(
          (double) bin / counts.length,
          (bin + 1.0) / counts.length,
          counts[bin],
          PrecisionRecall.ratio(confidence[bin], counts[bin]),
          PrecisionRecall.ratio(right[bin], counts[bin]));
    }
  }

  /**
   * Predictions in the order of their confidence, which is known to one part in 2,048: as many places as there are such
   * confidences, whatever the number of predictions.
   */
  private static final class Ranks {
    private static final int SHIFT = 12;
    private static final int PLACES = (Float.floatToIntBits(1) >> SHIFT) + 1;

    private final long[] counts = new long[PLACES];
    private final long[] right = new long[PLACES];
    private final double[] confidence = new double[PLACES];
    private long total;

    void add(float probability, boolean isRight) {
      int place = Math.min(Float.floatToIntBits(Math.max(0, probability)) >> SHIFT, PLACES - 1);
      counts[place]++;
      right[place] += isRight ? 1 : 0;
      confidence[place] += probability;
      total++;
    }

    /** The mean over bins of equal count of |share of right ones − mean confidence|; a place may be in several bins. */
    double error(int bins) {
      double error = 0;
      double gap = 0;
      double free = (double) total / bins;
      for (int place = 0; place < PLACES; place++) {
        double left = counts[place];
        while (left > 0) {
          double taken = Math.min(left, free);
          gap += taken / counts[place] * (right[place] - confidence[place]);
          left -= taken;
          free -= taken;
          if (free <= 1e-9 * total) {
            error += Math.abs(gap);
            gap = 0;
            free = (double) total / bins;
          }
        }
      }
      return PrecisionRecall.ratio(error + Math.abs(gap), total);
    }
  }
}
