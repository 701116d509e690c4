package crema.nn.loss;

import crema.autograd.Variable;
import crema.tensor.Shape;

/**
 * Targets of any number of labels a row that fit the logits.
 *
 * @param rows the number of rows
 * @param labels the number of labels
 * @param values {@code [rows, labels]}: how much of each label a row has, from 0 to 1
 */
@SuppressWarnings("ArrayRecordComponent") // lives for one call of a loss; never compared
record LabelShares(int rows, int labels, double[] values) {
  static LabelShares of(String loss, Variable logits, Targets targets) {
    if (!(targets instanceof Targets.MultiHot(int rows, int labels, double[] values))
        || !logits.shape().equals(Shape.of(rows, labels))) {
      throw RowLabels.unfit(loss, "a number from 0 to 1 for each logit (MultiHot)", logits, targets);
    }
    for (int i = 0; i < values.length; i++) {
      if (!(values[i] >= 0 && values[i] <= 1)) {
        throw new IllegalArgumentException(loss + ": the target of row " + i / labels + ", label " + i % labels
            + " is " + values[i] + ", not from 0 to 1");
      }
    }
    return new LabelShares(rows, labels, values);
  }

  /** Complains if a per-label parameter of a loss has another number of labels. */
  void requireLabels(String what, int length) {
    if (length != labels) {
      throw new IllegalArgumentException(length + " " + what + " for " + labels + " labels");
    }
  }
}
