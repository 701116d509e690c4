package crema.tensor;

/**
 * The type of a tensor's elements.
 *
 * <p>{@link #F32} is what the CPU computes in; {@link #F64} exists for the reference backend and gradient checks;
 * {@link #BF16}, {@link #F16} and {@link #I8} are storage types and compute types of a GPU; {@link #I32} holds ids.
 */
public enum DType {
  F32(4),
  F64(8),
  BF16(2),
  F16(2),
  I8(1),
  I32(4);

  private final int bytes;

  DType(int bytes) {
    this.bytes = bytes;
  }

  /** The size of one element in bytes. */
  public int bytes() {
    return bytes;
  }

  /** Whether the elements are real numbers that arithmetic is defined on. */
  public boolean isFloatingPoint() {
    return this != I32 && this != I8;
  }
}
