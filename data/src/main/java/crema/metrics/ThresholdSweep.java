package crema.metrics;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * How averages over all labels change with one threshold for all of them.
 *
 * @param points one for each threshold, ascending
 */
public record ThresholdSweep(List<Point> points) {

  /**
   * One threshold.
   *
   * @param threshold labels that score at least this are predicted
   * @param averages what that gives
   */
  public record Point(double threshold, Averages averages) {}

  /** Copies the list. */
  public ThresholdSweep {
    points = List.copyOf(points);
  }

  /** The same with thresholds of calibrated scores. */
  public ThresholdSweep map(ConfidenceCurve curve) {
    return new ThresholdSweep(points.stream()
        .map(point -> new Point(curve.probability((float) point.threshold), point.averages)).toList());
  }

  /** From {@code first} to {@code last}, both included, by {@code step}: 0.40 to 0.60 by 0.01 gives 21 thresholds. */
  public static double[] grid(double first, double last, double step) {
    if (!(step > 0) || !(last >= first)) {
      throw new IllegalArgumentException(String.format(Locale.ROOT,
          "thresholds from %s to %s by %s are none", first, last, step));
    }
    int count = Math.toIntExact((long) Math.floor((last - first) / step + 1e-6)) + 1;
    // Nine decimals are finer than a float score near 1 and remove the noise of adding a decimal step.
    return IntStream.range(0, count).mapToDouble(i -> Math.round((first + i * step) * 1e9) / 1e9).toArray();
  }

  /**
   * Tries all thresholds in one pass over the scores.
   *
   * @param scores {@code [documents, labels]}
   * @param truth the true labels of each document
   * @param grid the thresholds, in any order, at least one
   * @param atLeastOne predict the best label of a document where none reaches the threshold
   */
  public static ThresholdSweep of(ScoreMatrix scores, int[][] truth, double[] grid, boolean atLeastOne) {
    scores.requireDocuments(truth.length);
    if (grid.length == 0) {
      throw new IllegalArgumentException("no thresholds to try: give at least one");
    }
    var sortedTruth = LabelSets.sortedCopy(truth, scores.labels());
    var thresholds = Arrays.stream(grid).sorted().toArray();
    // Counts by label of the scores that reach exactly so many of the thresholds, of all documents and of true ones.
    var all = new long[scores.labels()][thresholds.length + 1];
    var right = new long[scores.labels()][thresholds.length + 1];
    var row = new float[scores.labels()];
    for (int document = 0; document < scores.documents(); document++) {
      float[] values = scores.read(document, row);
      int best = atLeastOne ? ScoreMatrix.best(values) : -1;
      for (int label = 0; label < values.length; label++) {
        // The best label is predicted at every threshold: by reaching it, or because none does.
        int reached = label == best ? thresholds.length : reached(thresholds, values[label]);
        all[label][reached]++;
        if (Arrays.binarySearch(sortedTruth[document], label) >= 0) {
          right[label][reached]++;
        }
      }
    }
    return new ThresholdSweep(
        IntStream.range(0, thresholds.length)
            .mapToObj(index -> new Point(thresholds[index], averages(all, right, index)))
            .toList());
  }

  /**
   * The threshold with the highest F1; of equal ones the lowest.
   *
   * @param average which F1
   */
  public Point best(Average average) {
    return points.stream()
        .max(
            Comparator.<Point>comparingDouble(point -> average.of(point.averages).f1())
                .thenComparing(Comparator.comparingDouble(Point::threshold).reversed()))
        .orElseThrow();
  }

  /** How many thresholds are at or below {@code score}, both as floats, in which scores are given. */
  private static int reached(double[] thresholds, float score) {
    int low = 0;
    int high = thresholds.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if ((float) thresholds[middle] <= score) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private static Averages averages(long[][] all, long[][] right, int index) {
    var counts = new LabelCounts(all.length);
    for (int label = 0; label < all.length; label++) {
      counts.addLabel(
          label,
          Arrays.stream(right[label], index + 1, right[label].length).sum(),
          Arrays.stream(all[label], index + 1, all[label].length).sum(),
          Arrays.stream(right[label]).sum());
    }
    return Averages.over(counts, counts.occurringLabels());
  }
}
