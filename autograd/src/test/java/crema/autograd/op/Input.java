package crema.autograd.op;

import crema.base.Rng;
import crema.tensor.DType;
import crema.tensor.Scope;
import crema.tensor.Shape;
import crema.tensor.Tensor;

/**
 * A floating-point input of a row.
 *
 * @param values how its elements are chosen
 * @param shape its extents
 */
record Input(Values values, Shape shape) {
  static Input of(Values values, long... extents) {
    return new Input(values, Shape.of(extents));
  }

  /** Between −1 and 1. */
  static Input of(long... extents) {
    return of(Values.uniform(-1, 1), extents);
  }

  /** The elements, the same in every run and exact in single precision, for input {@code position} of a row. */
  double[] elements(String row, int position) {
    var elements = new double[Math.toIntExact(shape.elements())];
    var random = new Rng(row.hashCode(), 0).stream(position);
    var words = new int[4];
    for (int i = 0; i < elements.length; i++) {
      if (i % 4 == 0) {
        random.block(i / 4, words);
      }
      elements[i] = (float) values.choose(Rng.toUniform(words[i % 4]));
    }
    return elements;
  }

  /** The tensor. Every other one is a view that starts in the midst of a storage, so that no kernel forgets offsets. */
  Tensor tensor(Scope scope, DType dtype, String row, int position) {
    return tensor(scope, dtype, row, position, false);
  }

  /** The tensor, with elements of so few bits that {@link DType#BF16} holds them. */
  Tensor tensor(Scope scope, DType dtype, String row, int position, boolean rounded) {
    double[] elements = elements(row, position);
    if (rounded) {
      for (int i = 0; i < elements.length; i++) {
        // Half of the last bit that is kept is added, so that cutting rounds.
        elements[i] = Float.intBitsToFloat(Float.floatToRawIntBits((float) elements[i]) + 0x8000 & 0xFFFF0000);
      }
    }
    long skip = position % 2 == 0 ? 0 : 3;
    Tensor storage = scope.empty(dtype, skip + shape.elements());
    Tensor flat = scope.adopt(storage.rows(skip, skip + shape.elements()));
    return scope.adopt(flat.reshape(shape.toArray())).set(elements);
  }
}
