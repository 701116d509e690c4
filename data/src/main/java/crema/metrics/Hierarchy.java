package crema.metrics;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Labels as a forest. The roots are at level 1; a virtual root above them is no label and counts in no metric.
 */
public final class Hierarchy {

  /** The parent of a root. */
  public static final int NO_PARENT = -1;

  private final int[] parents;
  private final int[] levels;

  private Hierarchy(int[] parents, int[] levels) {
    this.parents = parents;
    this.levels = levels;
  }

  /**
   * From each label's parent or {@link #NO_PARENT}.
   *
   * @throws IllegalArgumentException if a parent is out of range, or a label is its own ancestor
   */
  public static Hierarchy of(int[] parents) {
    var levels = new int[parents.length];
    for (int label = 0; label < parents.length; label++) {
      int level = 0;
      for (int l = label; l != NO_PARENT; l = parents[l]) {
        if (parents[l] < NO_PARENT || parents[l] >= parents.length) {
          throw new IllegalArgumentException(
              "label %d has the parent %d: there is no such label".formatted(l, parents[l]));
        }
        if (level++ == parents.length) {
          throw new IllegalArgumentException("label %d is its own ancestor".formatted(l));
        }
      }
      levels[label] = level;
    }
    return new Hierarchy(parents.clone(), levels);
  }

  /** The number of labels. */
  public int labelCount() {
    return parents.length;
  }

  /** The deepest level. */
  public int depth() {
    return Arrays.stream(levels).max().orElse(0);
  }

  /** The level of a label, 1 for a root. */
  public int level(int label) {
    return levels[label];
  }

  /** The ancestor of {@code label} at {@code level}, which may be the label itself, or {@link #NO_PARENT}. */
  public int ancestorAt(int label, int level) {
    int ancestor = label;
    for (int above = levels[label] - level; above > 0; above--) {
      ancestor = parents[ancestor];
    }
    return levels[label] < level ? NO_PARENT : ancestor;
  }

  /** These labels and all of their ancestors, ascending. */
  public int[] withAncestors(int... labels) {
    return Arrays.stream(labels)
        .flatMap(label -> IntStream.iterate(label, l -> l != NO_PARENT, l -> parents[l]))
        .distinct()
        .sorted()
        .toArray();
  }

  /**
   * Outcomes where truth and predictions have all of their ancestors. Their micro average is the hierarchical
   * precision, recall and F1 of Kiritchenko, Matwin, Nock and Famili, "Learning and evaluation in the presence of
   * class hierarchies" (2006): hP = Σ|P̂ ∩ T̂| / Σ|P̂|, hR = Σ|P̂ ∩ T̂| / Σ|T̂|.
   */
  public MultiLabelOutcomes withAncestors(Outcomes outcomes) {
    requireLabels(outcomes);
    var truth = new int[outcomes.documents()][];
    var predicted = new int[outcomes.documents()][];
    Arrays.setAll(truth, document -> withAncestors(outcomes.truth(document)));
    Arrays.setAll(predicted, document -> withAncestors(outcomes.predicted(document)));
    return MultiLabelOutcomes.of(truth, predicted, labelCount());
  }

  /**
   * Outcomes at one level: each label stands for its ancestor there. The labels of the level are numbered anew from
   * 0, in the order of {@link #labelsAt}. Documents whose truth does not reach the level are left out; a prediction
   * that does not reach it is none.
   */
  public Outcomes atLevel(Outcomes outcomes, int level) {
    requireLabels(outcomes);
    var labels = labelsAt(level);
    var documents =
        IntStream.range(0, outcomes.documents())
            .filter(document -> Arrays.stream(outcomes.truth(document)).anyMatch(label -> levels[label] >= level))
            .toArray();
    var truth = new int[documents.length][];
    var predicted = new int[documents.length][];
    Arrays.setAll(truth, i -> atLevel(outcomes.truth(documents[i]), level, labels));
    Arrays.setAll(predicted, i -> atLevel(outcomes.predicted(documents[i]), level, labels));
    return switch (outcomes) {
      case MultiLabelOutcomes _ -> MultiLabelOutcomes.of(truth, predicted, labels.length);
      case SingleLabelOutcomes _ -> SingleLabelOutcomes.of(truth, predicted, labels.length);
    };
  }

  /** The labels of a level, ascending. */
  public int[] labelsAt(int level) {
    return IntStream.range(0, parents.length).filter(label -> levels[label] == level).toArray();
  }

  /**
   * The share of documents whose predictions lie on one path.
   *
   * @param predicted the label predicted at each level, from the first, {@code [levels][documents]}
   */
  public double pathConsistency(int[][] predicted) {
    int documents = predicted.length == 0 ? 0 : predicted[0].length;
    long consistent =
        IntStream.range(0, documents)
            .filter(
                document ->
                    IntStream.range(1, predicted.length)
                        .allMatch(level -> parents[predicted[level][document]] == predicted[level - 1][document]))
            .count();
    return PrecisionRecall.ratio(consistent, documents);
  }

  private int[] atLevel(int[] of, int level, int[] labels) {
    return Arrays.stream(of)
        .map(label -> ancestorAt(label, level))
        .filter(label -> label != NO_PARENT)
        .distinct()
        .map(label -> Arrays.binarySearch(labels, label))
        .toArray();
  }

  private void requireLabels(Outcomes outcomes) {
    if (outcomes.labelCount() != labelCount()) {
      throw new IllegalArgumentException(
          "outcomes of %d labels do not fit a hierarchy of %d".formatted(outcomes.labelCount(), labelCount()));
    }
  }
}
