package crema.tensor;

/**
 * A weight matrix in the layout that a backend multiplies fastest with, made once by {@link MatMulOps#pack} for
 * inference.
 */
public interface PackedMatrix extends AutoCloseable {
  /** The rows of the weight: features out. */
  long rows();

  /** The columns of the weight: features in. */
  long columns();

  /** Gives the memory back. */
  @Override
  void close();
}
