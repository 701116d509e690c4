package crema.metrics;

import java.util.Arrays;
import java.util.Locale;

/** Rows of label ids, one row a document: the sparse form of an indicator matrix. */
final class LabelSets {

  private LabelSets() {}

  /** A deep copy with each row ascending; refuses ids out of range and ids named twice. */
  static int[][] sortedCopy(int[][] rows, int labelCount) {
    var sorted = new int[rows.length][];
    for (int row = 0; row < rows.length; row++) {
      var labels = rows[row].clone();
      Arrays.sort(labels);
      for (int i = 0; i < labels.length; i++) {
        if (labels[i] < 0 || labels[i] >= labelCount) {
          throw new IllegalArgumentException(
              String.format(Locale.ROOT,
                  "document %d has the label %d: labels run from 0 to %d", row, labels[i], labelCount - 1));
        }
        if (i > 0 && labels[i] == labels[i - 1]) {
          throw new IllegalArgumentException(
              String.format(Locale.ROOT, "document %d names the label %d twice: name each once", row, labels[i]));
        }
      }
      sorted[row] = labels;
    }
    return sorted;
  }

  /** Rows with one label each. */
  static int[][] singletons(int[] labels) {
    var rows = new int[labels.length][];
    for (int row = 0; row < labels.length; row++) {
      rows[row] = new int[] {labels[row]};
    }
    return rows;
  }
}
