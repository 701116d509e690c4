package crema.nn.loss;

import crema.autograd.Variable;
import crema.tensor.DType;
import crema.tensor.Shape;
import crema.tensor.Tensor;

/**
 * Targets of one class a row, on the host.
 *
 * @param columns the extent of a row of logits or embeddings
 * @param values {@code [rows]}: the class of each row; rows with a negative one do not count
 */
record ClassIndices(int rows, int columns, int[] values) {
  /** Reads targets {@code I32 [rows]} that are below the number of classes. */
  static ClassIndices read(String loss, Variable input, Tensor targets, int classes) {
    Shape shape = input.shape();
    if (shape.rank() != 2 || targets.dtype() != DType.I32 || !targets.shape().equals(Shape.of(shape.extent(0)))) {
      throw new IllegalArgumentException(loss + " wants targets I32 [rows], a class a row; got " + targets.dtype() + " "
          + targets.shape() + " for an input of " + shape);
    }
    int[] values = targets.toInts();
    for (int row = 0; row < values.length; row++) {
      if (values[row] >= classes) {
        throw new IllegalArgumentException(loss + ": the target of row " + row + " is class " + values[row] + " of "
            + classes);
      }
    }
    return new ClassIndices(values.length, Math.toIntExact(shape.columns()), values);
  }

  /** Reads targets {@code I32 [rows]} that are columns of the logits. */
  static ClassIndices read(String loss, Variable logits, Tensor targets) {
    return read(loss, logits, targets, Math.toIntExact(logits.shape().columns()));
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
