package crema.nn.loss;

import crema.autograd.Variable;
import crema.tensor.DType;
import crema.tensor.Tensor;
import java.util.Arrays;

/**
 * Targets of many labels a row, on the host.
 *
 * @param values {@code [rows, classes]}: how much of each label a row has, in [0, 1]
 */
record MultiHot(int rows, int classes, double[] values) {
  /** Reads targets {@code [rows, classes]} of any type that holds 0 and 1. */
  static MultiHot read(String loss, Variable logits, Tensor targets) {
    if (logits.shape().rank() != 2 || !targets.shape().equals(logits.shape())) {
      throw new IllegalArgumentException(loss + " wants targets [rows, classes], one number from 0 to 1 a class; got "
          + targets.dtype() + " " + targets.shape() + " for logits " + logits.shape());
    }
    int classes = Math.toIntExact(logits.shape().extent(1));
    double[] values = targets.dtype() == DType.I32
        ? Arrays.stream(targets.toInts()).asDoubleStream().toArray()
        : targets.toDoubles();
    for (int i = 0; i < values.length; i++) {
      if (!(values[i] >= 0 && values[i] <= 1)) {
        throw new IllegalArgumentException(loss + ": the target of row " + i / classes + ", class " + i % classes
            + " is " + values[i] + ", not from 0 to 1");
      }
    }
    return new MultiHot(Math.toIntExact(logits.shape().extent(0)), classes, values);
  }

  /** Complains if a per-class parameter of a loss has another number of classes. */
  void requireClasses(String what, int length) {
    if (length != classes) {
      throw new IllegalArgumentException(length + " " + what + " for " + classes + " classes");
    }
  }
}
