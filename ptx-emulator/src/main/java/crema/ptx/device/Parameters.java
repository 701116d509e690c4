package crema.ptx.device;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Packs the parameters of a launch, in the kernel's order, checking the size of each. */
public final class Parameters {
  private final PtxKernel kernel;
  private final ByteBuffer bytes;
  private int count;

  private Parameters(PtxKernel kernel) {
    this.kernel = kernel;
    bytes = ByteBuffer.allocate(kernel.parameterBytes()).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** No parameters yet. */
  public static Parameters of(PtxKernel kernel) {
    return new Parameters(kernel);
  }

  /** An address, or another number of 64 bits. */
  public Parameters add(long value) {
    bytes.putLong(next(8), value);
    return this;
  }

  /** A number of 32 bits. */
  public Parameters add(int value) {
    bytes.putInt(next(4), value);
    return this;
  }

  /** An F32. */
  public Parameters add(float value) {
    bytes.putFloat(next(4), value);
    return this;
  }

  /** A structure, such as an encoded tensor map. */
  public Parameters add(byte[] value) {
    bytes.put(next(value.length), value);
    return this;
  }

  private int next(int size) {
    if (count == kernel.parameters().size()) {
      throw new IllegalArgumentException("kernel " + kernel.name() + " has " + count + " parameters");
    }
    PtxKernel.Parameter parameter = kernel.parameters().get(count++);
    if (parameter.bytes() != size) {
      throw new IllegalArgumentException(
          "parameter " + count + " of kernel " + kernel.name() + " has " + parameter.bytes() + " bytes, not " + size);
    }
    return parameter.offset();
  }

  /**
   * The packed bytes.
   *
   * @throws IllegalArgumentException if some are missing
   */
  public byte[] pack() {
    if (count != kernel.parameters().size()) {
      throw new IllegalArgumentException("kernel " + kernel.name() + " has " + kernel.parameters()
          .size() + " parameters, not " + count);
    }
    return bytes.array();
  }
}
