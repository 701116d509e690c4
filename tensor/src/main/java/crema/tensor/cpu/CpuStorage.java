package crema.tensor.cpu;

import crema.tensor.DType;
import crema.tensor.Device;
import crema.tensor.Storage;
import crema.tensor.Tensor;
import java.lang.foreign.MemorySegment;

/**
 * A pooled heap array. Element i of the storage is element {@code BASE + i} of the array, so that data starts on a line
 * of the cache where the array itself does: an array's header has 16 bytes.
 */
final class CpuStorage extends Storage {
  /** Where data starts in a {@code float[]} or {@code int[]}: 16 bytes of header and 48 of padding are one line. */
  static final int BASE = 12;

  private final CpuBackend backend;
  private final Object array;

  CpuStorage(CpuBackend backend, DType dtype, long elements, Object array) {
    super(backend, dtype, elements);
    this.backend = backend;
    this.array = array;
  }

  static CpuStorage of(Tensor tensor) {
    if (tensor.storage() instanceof CpuStorage storage) {
      return storage;
    }
    if (tensor.backend().device() == Device.CPU) {
      throw new IllegalStateException(
          "tensor " + tensor.shape() + " is of a model that was loaded for prediction alone");
    }
    throw new IllegalArgumentException("tensor " + tensor.shape() + " is on " + tensor.backend().device()
        + ", not on the CPU");
  }

  /** The array of an {@link DType#F32} tensor; its first element is at {@link #start}. */
  static float[] floats(Tensor tensor) {
    if (of(tensor).array instanceof float[] array) {
      return array;
    }
    throw new IllegalArgumentException("the CPU computes in F32, and tensor " + tensor.shape() + " holds "
        + tensor.dtype() + "; the reference backend computes in F64");
  }

  /** The array of a tensor of 16 bits; its first element is at {@link #start}. */
  static short[] shorts(Tensor tensor) {
    if (of(tensor).array instanceof short[] array) {
      return array;
    }
    throw new IllegalArgumentException("tensor " + tensor.shape() + " holds " + tensor.dtype() + ", not BF16 or F16");
  }

  /** The array of an {@link DType#I32} tensor; its first element is at {@link #start}. */
  static int[] ints(Tensor tensor) {
    if (of(tensor).array instanceof int[] array) {
      return array;
    }
    throw new IllegalArgumentException("tensor " + tensor.shape() + " of ids holds " + tensor.dtype() + ", not I32");
  }

  /** Where a tensor's first element is in its array. */
  static int start(Tensor tensor) {
    return Math.toIntExact(BASE + tensor.offset());
  }

  Object array() {
    return array;
  }

  private MemorySegment memory(long offset, long bytes) {
    return memory().asSlice((BASE + offset) * dtype().bytes(), bytes);
  }

  private MemorySegment memory() {
    return switch (array) {
      case float[] floats -> MemorySegment.ofArray(floats);
      case int[] ints -> MemorySegment.ofArray(ints);
      case double[] doubles -> MemorySegment.ofArray(doubles);
      case short[] shorts -> MemorySegment.ofArray(shorts);
      case byte[] octets -> MemorySegment.ofArray(octets);
      default -> throw new IllegalStateException("storage of " + array.getClass());
    };
  }

  @Override
  public void read(long offset, MemorySegment target) {
    target.copyFrom(memory(offset, target.byteSize()));
  }

  @Override
  public void write(long offset, MemorySegment source) {
    memory(offset, source.byteSize()).copyFrom(source);
  }

  @Override
  protected void free() {
    backend.freed(this);
  }
}
