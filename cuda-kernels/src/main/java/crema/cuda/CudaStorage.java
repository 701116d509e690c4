package crema.cuda;

import crema.tensor.DType;
import crema.tensor.Storage;
import crema.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/**
 * A block of device memory. Ids that the host wrote are kept on the host too, until a kernel overwrites them, so that
 * what is planned from them needs no copy back.
 */
final class CudaStorage extends Storage {
  private final CudaBackend backend;
  private final long address;
  private int @Nullable [] host;
  private long half;

  CudaStorage(CudaBackend backend, DType dtype, long elements, long address) {
    super(backend, dtype, elements);
    this.backend = backend;
    this.address = address;
  }

  static CudaStorage of(Tensor tensor) {
    if (tensor.storage() instanceof CudaStorage storage) {
      return storage;
    }
    throw new IllegalArgumentException("tensor " + tensor.shape() + " is on " + tensor.backend().device()
        + ", not on a CUDA device");
  }

  /** Where a tensor's first element is in device memory. */
  static long address(Tensor tensor) {
    return of(tensor).address + tensor.offset() * tensor.dtype().bytes();
  }

  /** The elements of an {@link DType#I32} tensor; waits for the device only if a kernel wrote them. */
  static int[] ints(Tensor tensor) {
    CudaStorage storage = of(tensor);
    int[] known = storage.host;
    if (known == null) {
      return tensor.toInts();
    }
    int from = Math.toIntExact(tensor.offset());
    return java.util.Arrays.copyOfRange(known, from, from + Math.toIntExact(tensor.elements()));
  }

  /**
   * The address of a {@link DType#BF16} copy of an {@link DType#F32} tensor, made when it is first asked for and kept
   * until the tensor is written.
   */
  static long half(Tensor tensor) {
    CudaStorage storage = of(tensor);
    if (storage.half == 0) {
      storage.half = storage.backend.context().pool().take(storage.elements() * DType.BF16.bytes(), "half copy");
      storage.backend.convert(storage.address, storage.half, storage.elements());
    }
    return storage.half + tensor.offset() * DType.BF16.bytes();
  }

  /** A kernel is about to write elements. */
  void written() {
    host = null;
    dropHalf();
  }

  private void dropHalf() {
    if (half != 0) {
      backend.context().pool().give(half, elements() * DType.BF16.bytes());
      half = 0;
    }
  }

  @Override
  public void read(long offset, MemorySegment target) {
    backend.read(address + offset * dtype().bytes(), target);
  }

  @Override
  public void write(long offset, MemorySegment source) {
    dropHalf();
    if (dtype() == DType.I32) {
      mirror(offset, source);
    }
    backend.write(address + offset * dtype().bytes(), source);
  }

  private void mirror(long offset, MemorySegment source) {
    int count = Math.toIntExact(source.byteSize() / Integer.BYTES);
    if (host == null) {
      if (count < elements()) {
        return;
      }
      host = new int[count];
    }
    MemorySegment.copy(source, ValueLayout.JAVA_INT_UNALIGNED, 0, host, Math.toIntExact(offset), count);
  }

  @Override
  protected void free() {
    dropHalf();
    backend.freed(this);
  }

  long address() {
    return address;
  }
}
