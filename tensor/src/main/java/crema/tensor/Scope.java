package crema.tensor;

import java.util.ArrayList;
import java.util.List;

/**
 * Owns the tensors made in it and returns their memory to the backend's pool when it closes.
 *
 * <p>The trainer opens one a step; a model holds one for its parameters. Nothing depends on the garbage collector. A
 * tensor that must outlive its scope is {@linkplain Tensor#retain retained} or {@linkplain #adopt adopted} by another.
 * Confined to one thread at a time.
 */
public final class Scope implements AutoCloseable {
  private final Backend backend;
  private final List<Tensor> tensors = new ArrayList<>();
  private boolean closed;

  /** A scope whose tensors live on the given backend. */
  public Scope(Backend backend) {
    this.backend = backend;
  }

  /** Where this scope's tensors live. */
  public Backend backend() {
    return backend;
  }

  /** A tensor whose elements are undefined: the caller writes all of them. */
  public Tensor empty(DType dtype, Shape shape) {
    if (closed) {
      throw new IllegalStateException("tensor " + shape + " asked of a closed scope");
    }
    var tensor = new Tensor(backend.allocate(dtype, shape), shape, 0);
    tensors.add(tensor);
    return tensor;
  }

  /** A tensor whose elements are undefined: the caller writes all of them. */
  public Tensor empty(DType dtype, long... extents) {
    return empty(dtype, Shape.of(extents));
  }

  /** An {@link #empty(DType, Shape) empty} tensor of the type and shape of another. */
  public Tensor emptyLike(Tensor other) {
    return empty(other.dtype(), other.shape());
  }

  /** A tensor of zeros. */
  public Tensor zeros(DType dtype, Shape shape) {
    var tensor = empty(dtype, shape);
    backend.ops().pointwise().fill(0, tensor);
    return tensor;
  }

  /** A tensor of zeros. */
  public Tensor zeros(DType dtype, long... extents) {
    return zeros(dtype, Shape.of(extents));
  }

  /** An {@link DType#F32} tensor with the given elements. */
  public Tensor floats(float[] values, long... extents) {
    return empty(DType.F32, extents).set(values);
  }

  /** An {@link DType#F64} tensor with the given elements. */
  public Tensor doubles(double[] values, long... extents) {
    return empty(DType.F64, extents).set(values);
  }

  /** An {@link DType#I32} tensor with the given elements. */
  public Tensor ints(int[] values, long... extents) {
    return empty(DType.I32, extents).set(values);
  }

  /** Makes this scope the owner of a tensor: a view, or one that was retained. Returns it. */
  public Tensor adopt(Tensor tensor) {
    tensor.adopt();
    tensors.add(tensor);
    return tensor;
  }

  /** Makes another scope the owner of all tensors of this one, which stays open. */
  public void moveTo(Scope other) {
    other.tensors.addAll(tensors);
    tensors.clear();
  }

  /** Closes every tensor of this scope that was not retained. Closing twice does nothing. */
  @Override
  public void close() {
    closed = true;
    for (int i = tensors.size() - 1; i >= 0; i--) {
      tensors.get(i).closeUnlessRetained();
    }
    tensors.clear();
  }
}
