package crema.metrics;

import crema.base.Forest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * The metrics of some of the documents.
 *
 * @param group what they share
 * @param metrics their metrics; averages run over the labels that occur in the group, as truth or prediction
 */
public record GroupMetrics(String group, ClassificationMetrics metrics) {

  private static final Comparator<GroupMetrics> LARGEST_FIRST =
      Comparator.<GroupMetrics>comparingLong(group -> group.metrics.documents())
          .reversed()
          .thenComparing(GroupMetrics::group);

  /**
   * By a column of the data, such as the language. The largest group comes first.
   *
   * @param groups the group of each document, {@code [documents]}
   * @param minimumDocuments leave out groups with fewer documents, of which metrics say little
   * @param limit keep this many of the largest groups
   */
  public static List<GroupMetrics> by(Outcomes outcomes, List<String> groups, int minimumDocuments, int limit) {
    if (groups.size() != outcomes.documents()) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT,
              "%d groups for %d documents: give one a document", groups.size(), outcomes.documents()));
    }
    var documents = new LinkedHashMap<String, List<Integer>>();
    for (int document = 0; document < groups.size(); document++) {
      documents.computeIfAbsent(groups.get(document), _ -> new ArrayList<>()).add(document);
    }
    return documents.entrySet().stream()
        .filter(group -> group.getValue().size() >= minimumDocuments)
        .map(group -> of(group.getKey(), outcomes, group.getValue()))
        .sorted(LARGEST_FIRST)
        .limit(limit)
        .toList();
  }

  /** By how many labels a document truly has, ascending. */
  public static List<GroupMetrics> byLabelsPerDocument(Outcomes outcomes) {
    var documents = new TreeMap<Integer, List<Integer>>();
    for (int document = 0; document < outcomes.documents(); document++) {
      documents.computeIfAbsent(outcomes.truth(document).length, _ -> new ArrayList<>()).add(document);
    }
    return documents.entrySet().stream()
        .map(group -> of(Integer.toString(group.getKey()), outcomes, group.getValue()))
        .toList();
  }

  /** By level of a taxonomy, from the roots; see {@link Hierarchy#atLevel}. */
  public static List<GroupMetrics> perLevel(Outcomes outcomes, Forest labels) {
    return IntStream.rangeClosed(1, labels.depth())
        .mapToObj(level -> new GroupMetrics(
            "Level " + level, ClassificationMetrics.of(Hierarchy.atLevel(labels, outcomes, level))))
        .toList();
  }

  private static GroupMetrics of(String name, Outcomes outcomes, List<Integer> documents) {
    var counts = new LabelCounts(outcomes.labelCount());
    documents.forEach(document -> outcomes.count(document, 1, counts));
    var labels = counts.occurringLabels();
    return new GroupMetrics(name, ClassificationMetrics.of(outcomes, counts, labels));
  }
}
