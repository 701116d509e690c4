package crema.metrics;

import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;

/**
 * A label that was missed where another was wrongly given.
 *
 * @param truth the label that was missed
 * @param predicted the label that was given although it was not true
 * @param count in how many documents
 * @param share the same as a share of the documents where {@code truth} was true
 */
public record ConfusedPair(int truth, int predicted, long count, double share) {

  private static final Comparator<ConfusedPair> MOST_FREQUENT_FIRST =
      Comparator.comparingLong(ConfusedPair::count)
          .reversed()
          .thenComparing(Comparator.comparingDouble(ConfusedPair::share).reversed())
          .thenComparingInt(ConfusedPair::truth)
          .thenComparingInt(ConfusedPair::predicted);

  /**
   * The {@code limit} most frequent pairs, most frequent first. With several labels a document, every missed label is
   * paired with every wrong one of the same document.
   */
  public static List<ConfusedPair> mostFrequent(Outcomes outcomes, int limit) {
    var counts = outcomes.counts();
    var pairs = new HashMap<Long, Long>();
    for (int document = 0; document < outcomes.documents(); document++) {
      if (!outcomes.isExact(document)) {
        countPairs(outcomes.truth(document), outcomes.predicted(document), outcomes.labelCount(), pairs);
      }
    }
    return pairs.entrySet().stream()
        .map(
            entry -> {
              int truth = (int) (entry.getKey() / outcomes.labelCount());
              int predicted = (int) (entry.getKey() % outcomes.labelCount());
              return new ConfusedPair(
                  truth, predicted, entry.getValue(), (double) entry.getValue() / counts.support(truth));
            })
        .sorted(MOST_FREQUENT_FIRST)
        .limit(limit)
        .toList();
  }

  private static void countPairs(int[] truth, int[] predicted, int labelCount, HashMap<Long, Long> pairs) {
    for (int missed : truth) {
      if (contains(predicted, missed)) {
        continue;
      }
      for (int wrong : predicted) {
        if (!contains(truth, wrong)) {
          pairs.merge((long) missed * labelCount + wrong, 1L, Long::sum);
        }
      }
    }
  }

  private static boolean contains(int[] ascending, int label) {
    return Arrays.binarySearch(ascending, label) >= 0;
  }
}
