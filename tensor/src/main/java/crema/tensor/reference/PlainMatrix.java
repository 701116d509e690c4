package crema.tensor.reference;

import crema.tensor.PackedMatrix;
import crema.tensor.Tensor;

/** A "packed" weight of a backend that multiplies best with the weight as it is. */
record PlainMatrix(Tensor weight) implements PackedMatrix {
  @Override
  public long rows() {
    return weight.shape().rows();
  }

  @Override
  public long columns() {
    return weight.shape().columns();
  }

  @Override
  public void close() {
    weight.close();
  }
}
