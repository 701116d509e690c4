package crema.linear;

import crema.base.Fingerprint;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which labels each text has, by number: any of them, or exactly one; and as how many texts each counts. */
public final class LabelTargets {
  private final int labels;
  private final boolean exclusive;
  private final int[][] labelsOfRow;
  private final int[][] rowsOfLabel;
  private final double @Nullable [] weights;

  private LabelTargets(int labels, boolean exclusive, int[][] labelsOfRow, double @Nullable [] weights) {
    this.labels = labels;
    this.exclusive = exclusive;
    this.labelsOfRow = labelsOfRow;
    this.weights = weights;
    rowsOfLabel = invert(labels, labelsOfRow);
  }

  /**
   * Texts with any number of labels each.
   *
   * @param labels how many labels there are
   * @param labelsOfRow each text's labels, in any order
   * @throws IllegalArgumentException when a number is out of range or repeated
   */
  public static LabelTargets multiLabel(int labels, List<int[]> labelsOfRow) {
    var rows = new int[labelsOfRow.size()][];
    for (int row = 0; row < rows.length; row++) {
      rows[row] = labelsOfRow.get(row).clone();
      Arrays.sort(rows[row]);
    }
    return new LabelTargets(labels, false, rows, null);
  }

  /**
   * Texts with one label each.
   *
   * @param labels how many labels there are
   * @param labelOfRow each text's label
   * @throws IllegalArgumentException when a number is out of range
   */
  public static LabelTargets singleLabel(int labels, int[] labelOfRow) {
    var rows = new int[labelOfRow.length][];
    for (int row = 0; row < rows.length; row++) {
      rows[row] = new int[] {labelOfRow[row]};
    }
    return new LabelTargets(labels, true, rows, null);
  }

  private static int[][] invert(int labels, int[][] labelsOfRow) {
    var counts = new int[labels];
    for (int row = 0; row < labelsOfRow.length; row++) {
      int previous = -1;
      for (int label : labelsOfRow[row]) {
        if (label <= previous || label >= labels) {
          throw new IllegalArgumentException("text " + row + " has the label " + label
              + (label == previous && label >= 0 ? " twice" : ", but labels are 0 to " + (labels - 1)));
        }
        counts[label]++;
        previous = label;
      }
    }
    var rowsOfLabel = new int[labels][];
    Arrays.setAll(rowsOfLabel, label -> new int[counts[label]]);
    for (int row = labelsOfRow.length - 1; row >= 0; row--) {
      for (int label : labelsOfRow[row]) {
        rowsOfLabel[label][--counts[label]] = row;
      }
    }
    return rowsOfLabel;
  }

  /**
   * The same of texts that count more or less than once.
   *
   * @param newWeights as how many texts each counts
   * @throws IllegalArgumentException when there is not one above 0 a text
   */
  public LabelTargets weighted(double[] newWeights) {
    if (newWeights.length != labelsOfRow.length) {
      throw new IllegalArgumentException(newWeights.length + " weights for " + labelsOfRow.length + " texts");
    }
    for (double weight : newWeights) {
      if (!(weight > 0) || Double.isInfinite(weight)) {
        throw new IllegalArgumentException("the weight of a text must be above 0, not " + weight);
      }
    }
    return new LabelTargets(labels, exclusive, labelsOfRow,
        Arrays.stream(newWeights).allMatch(weight -> weight == 1) ? null : newWeights.clone());
  }

  /** As how many texts a text counts. */
  public double weight(int row) {
    return weights == null ? 1 : weights[row];
  }

  /** How many texts. */
  public int rows() {
    return labelsOfRow.length;
  }

  /** How many labels. */
  public int labels() {
    return labels;
  }

  /** Whether each text has exactly one label. */
  public boolean exclusive() {
    return exclusive;
  }

  /** A text's labels, ascending. */
  public int[] labelsOf(int row) {
    return labelsOfRow[row].clone();
  }

  /** How many texts have a label. */
  public int count(int label) {
    return rowsOfLabel[label].length;
  }

  /** The texts that have a label, ascending. */
  public int[] rowsOf(int label) {
    return rowsOfLabel[label].clone();
  }

  /** The targets of some texts, in the order in which they are named. */
  public LabelTargets rows(int[] wanted) {
    var rows = new int[wanted.length][];
    Arrays.setAll(rows, i -> labelsOfRow[wanted[i]]);
    return new LabelTargets(labels, exclusive, rows,
        weights == null ? null : Arrays.stream(wanted).mapToDouble(this::weight).toArray());
  }

  /** Adds all that makes up the targets to a fingerprint. */
  void addTo(Fingerprint fingerprint) {
    fingerprint.add(labels).add(exclusive ? 1 : 0)
        .add(Arrays.stream(labelsOfRow).mapToInt(row -> row.length).toArray())
        .add(Arrays.stream(labelsOfRow).flatMapToInt(Arrays::stream).toArray())
        .add(weights == null ? new double[0] : weights);
  }
}
