package crema.metrics;

import crema.base.Forest;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.IntStream;

/** Outcomes of labels that are the nodes of a forest. */
public final class Hierarchy {
  private Hierarchy() {}

  /**
   * Outcomes where truth and predictions have all of their ancestors. Their micro average is the hierarchical
   * precision, recall and F1 of Kiritchenko, Matwin, Nock and Famili, "Learning and evaluation in the presence of
   * class hierarchies" (2006): hP = Σ|P̂ ∩ T̂| / Σ|P̂|, hR = Σ|P̂ ∩ T̂| / Σ|T̂|.
   *
   * @throws IllegalArgumentException if the labels of the outcomes are not the nodes of the forest
   */
  public static MultiLabelOutcomes withAncestors(Forest labels, Outcomes outcomes) {
    requireLabels(labels, outcomes);
    var truth = new int[outcomes.documents()][];
    var predicted = new int[outcomes.documents()][];
    Arrays.setAll(truth, document -> labels.withAncestors(outcomes.truth(document)));
    Arrays.setAll(predicted, document -> labels.withAncestors(outcomes.predicted(document)));
    return MultiLabelOutcomes.of(truth, predicted, labels.size()).weighted(outcomes.weights());
  }

  /**
   * Outcomes at one level: each label stands for its ancestor there. The labels of the level are numbered anew from
   * 0, in the order of {@link Forest#nodesAt}. Documents whose truth does not reach the level are left out; a
   * prediction that does not reach it is none.
   *
   * @throws IllegalArgumentException if the labels of the outcomes are not the nodes of the forest
   */
  public static Outcomes atLevel(Forest labels, Outcomes outcomes, int level) {
    requireLabels(labels, outcomes);
    int[] ofLevel = labels.nodesAt(level);
    int[] documents = IntStream.range(0, outcomes.documents())
        .filter(document -> Arrays.stream(outcomes.truth(document)).anyMatch(label -> labels.level(label) >= level))
        .toArray();
    var truth = new int[documents.length][];
    var predicted = new int[documents.length][];
    Arrays.setAll(truth, i -> atLevel(labels, outcomes.truth(documents[i]), level, ofLevel));
    Arrays.setAll(predicted, i -> atLevel(labels, outcomes.predicted(documents[i]), level, ofLevel));
    Outcomes atLevel = switch (outcomes) {
      case MultiLabelOutcomes _ -> MultiLabelOutcomes.of(truth, predicted, ofLevel.length);
      case SingleLabelOutcomes _ -> SingleLabelOutcomes.of(truth, predicted, ofLevel.length);
    };
    return atLevel.weighted(outcomes.select(documents).weights());
  }

  /**
   * The share of documents whose predictions lie on one path.
   *
   * @param predicted the label predicted at each level, from the first, {@code [levels][documents]}
   */
  public static double pathConsistency(Forest labels, int[][] predicted) {
    int documents = predicted.length == 0 ? 0 : predicted[0].length;
    long consistent = IntStream.range(0, documents)
        .filter(document -> IntStream.range(1, predicted.length)
            .allMatch(level -> labels.parent(predicted[level][document]) == predicted[level - 1][document]))
        .count();
    return PrecisionRecall.ratio(consistent, documents);
  }

  private static int[] atLevel(Forest labels, int[] of, int level, int[] ofLevel) {
    return Arrays.stream(of)
        .map(label -> labels.ancestorAt(label, level))
        .filter(label -> label != Forest.NONE)
        .distinct()
        .map(label -> Arrays.binarySearch(ofLevel, label))
        .toArray();
  }

  private static void requireLabels(Forest labels, Outcomes outcomes) {
    if (outcomes.labelCount() != labels.size()) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT,
              "outcomes of %d labels do not fit a forest of %d", outcomes.labelCount(), labels.size()));
    }
  }
}
