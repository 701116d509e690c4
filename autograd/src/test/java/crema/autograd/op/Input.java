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
    long skip = skipped(position);
    return view(scope, scope.empty(dtype, skip + shape.elements()), skip).set(elements(row, position));
  }

  /**
   * The tensor in mixed precision. Of a storage in {@link DType#F32} a backend may keep a copy in {@link DType#BF16}, so
   * that all of it is written here.
   *
   * @param rounded whether elements have so few bits that {@link DType#BF16} holds them
   */
  Tensor mixed(Scope scope, DType dtype, String row, int position, boolean rounded) {
    double[] elements = elements(row, position);
    if (rounded) {
      for (int i = 0; i < elements.length; i++) {
        // Half of the last bit that is kept is added, so that cutting rounds.
        elements[i] = Float.intBitsToFloat(Float.floatToRawIntBits((float) elements[i]) + 0x8000 & 0xFFFF0000);
      }
    }
    long skip = skipped(position);
    Tensor storage = scope.empty(dtype, skip + shape.elements());
    storage.set(new double[Math.toIntExact(storage.elements())]);
    return view(scope, storage, skip).set(elements);
  }

  private static long skipped(int position) {
    return position % 2 == 0 ? 0 : 3;
  }

  private Tensor view(Scope scope, Tensor storage, long skip) {
    Tensor flat = scope.adopt(storage.rows(skip, skip + shape.elements()));
    return scope.adopt(flat.reshape(shape.toArray()));
  }
}
