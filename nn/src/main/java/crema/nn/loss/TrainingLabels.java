package crema.nn.loss;

import crema.base.Forest;

/**
 * The labels of the training rows: what a loss may depend on besides its settings.
 *
 * @param form the form of the targets
 * @param counts how many rows have each label
 * @param rows the number of rows
 * @param tree the labels as a tree; without parents where they are flat
 */
@SuppressWarnings("ArrayRecordComponent") // made once a run; never compared
public record TrainingLabels(Targets.Form form, long[] counts, long rows, Forest tree) {
  /** Checks that counts and tree are of the same labels. */
  public TrainingLabels {
    if (counts.length != tree.size()) {
      throw new IllegalArgumentException(counts.length + " counts for a tree of " + tree.size() + " labels");
    }
  }

  /** Labels without parents. */
  public static TrainingLabels flat(Targets.Form form, long[] counts, long rows) {
    return new TrainingLabels(form, counts, rows, Forest.flat(counts.length));
  }

  /** The number of labels. */
  public int size() {
    return counts.length;
  }

  /** How often each label occurs. */
  public LabelFrequencies frequencies() {
    return new LabelFrequencies(counts, rows);
  }
}
