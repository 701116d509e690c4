package crema.tensor;

/**
 * The type of a tensor's elements.
 *
 * <p>{@link #F32} is what the CPU computes in; {@link #F64} exists for the reference backend and gradient checks;
 * {@link #BF16}, {@link #F16} and {@link #I8} are storage types and compute types of a GPU; {@link #I32} holds ids.
 */
public enum DType {
  /** 32-bit floating point: computes. */
  F32(4),
  /** 64-bit floating point: for the reference and gradient checks. */
  F64(8),
  /** 16-bit floating point with the exponent of 32 bits: stores, and computes on GPUs. */
  BF16(2),
  /** 16-bit floating point (IEEE 754): stores, and computes on GPUs. */
  F16(2),
  /** 8-bit integers: stores, and computes on GPUs. */
  I8(1),
  /** 32-bit integers: ids. */
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
