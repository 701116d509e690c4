package crema.nn.loss;

import crema.autograd.Variable;
import crema.tensor.Shape;

/**
 * Targets of one label a row that fit an input.
 *
 * @param columns the extent of a row of logits or embeddings
 * @param values {@code [rows]}: the label of each row; rows with a negative one do not count
 */
@SuppressWarnings("ArrayRecordComponent") // lives for one call of a loss; never compared
record RowLabels(int columns, int[] values) {
  /** Labels that are columns of the logits. */
  static RowLabels indices(String loss, Variable logits, Targets targets) {
    return targets instanceof Targets.Indices(int[] labels)
        ? checked(loss, logits, labels, columns(logits))
        : wrong(loss, "one label a row (Indices)", logits, targets);
  }

  /**
   * Nodes of a taxonomy.
   *
   * @param nodes the number of nodes
   */
  static RowLabels nodes(String loss, Variable input, Targets targets, int nodes) {
    return targets instanceof Targets.Nodes(int[] values)
        ? checked(loss, input, values, nodes)
        : wrong(loss, "one node a row (Nodes)", input, targets);
  }

  /** Labels or nodes of embeddings: any numbers. */
  static RowLabels any(String loss, Variable embeddings, Targets targets) {
    return switch (targets) {
      case Targets.Indices(int[] values) -> checked(loss, embeddings, values, Integer.MAX_VALUE);
      case Targets.Nodes(int[] values) -> checked(loss, embeddings, values, Integer.MAX_VALUE);
      case Targets.MultiHot _,Targets.Pairs _ ->
          wrong(loss, "one label a row (Indices or Nodes)", embeddings, targets);
    };
  }

  private static int columns(Variable input) {
    return Math.toIntExact(input.shape().columns());
  }

  private static RowLabels checked(String loss, Variable input, int[] values, int labels) {
    Shape shape = input.shape();
    if (shape.rank() != 2 || shape.extent(0) != values.length) {
      throw new IllegalArgumentException(loss + ": targets of " + values.length + " rows for an input of " + shape);
    }
    for (int row = 0; row < values.length; row++) {
      if (values[row] >= labels) {
        throw new IllegalArgumentException(loss + ": the target of row " + row + " is label " + values[row] + " of "
            + labels);
      }
    }
    return new RowLabels(Math.toIntExact(shape.columns()), values);
  }

  private static RowLabels wrong(String loss, String wanted, Variable input, Targets targets) {
    throw unfit(loss, wanted, input, targets);
  }

  /** The error for targets of a form that a loss does not take. */
  static IllegalArgumentException unfit(String loss, String wanted, Variable input, Targets targets) {
    return new IllegalArgumentException(loss + " wants " + wanted + "; got " + targets.getClass().getSimpleName()
        + " of " + targets.rows() + " rows for an input of " + input.shape());
  }

  /** The number of rows. */
  int rows() {
    return values.length;
  }

  /** How many rows count. */
  int counted() {
    int counted = 0;
    for (int value : values) {
      if (value >= 0) {
        counted++;
      }
    }
    return counted;
  }
}
