package crema.cuda;

import crema.tensor.DType;
import crema.tensor.Deferred;
import crema.tensor.Storage;
import crema.tensor.Tensor;
import crema.tensor.Write;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
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
  /** Whether all elements are zero, which no kernel has written yet. */
  private boolean blank;

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
    CudaStorage storage = of(tensor);
    storage.fillBlank();
    return storage.address + tensor.offset() * tensor.dtype().bytes();
  }

  /** The {@link #address} of a tensor whose elements a kernel overwrites. */
  static long overwritten(Tensor tensor) {
    CudaStorage storage = of(tensor);
    if (tensor.elements() == storage.elements()) {
      storage.blank = false;
    }
    storage.written();
    return address(tensor);
  }

  /** The {@link #address} of a tensor that a kernel changes. */
  static long updated(Tensor tensor) {
    long address = address(tensor);
    of(tensor).written();
    return address;
  }

  /**
   * Notes that a whole storage is zero without writing it: gradients begin so, and what is added to nothing need not read
   * it. Whoever asks for the {@link #address} gets the zeros.
   *
   * @return false for a view of a part, which the caller fills
   */
  static boolean blank(Tensor tensor) {
    CudaStorage storage = of(tensor);
    if (tensor.elements() != storage.elements() || storage.elements() * tensor.dtype().bytes() % Integer.BYTES != 0) {
      return false;
    }
    storage.written();
    storage.blank = true;
    return true;
  }

  /**
   * How a kernel that can do either leaves its result: {@link Write#SET} instead of {@link Write#ADD} where that gives the
   * same, since the output is zero and was not written yet. To be asked before the output's address.
   */
  static Write accumulation(Tensor output, Write write) {
    CudaStorage storage = of(output);
    if (write == Write.ADD && storage.blank && output.elements() == storage.elements()) {
      storage.blank = false;
      return Write.SET;
    }
    return write;
  }

  private void fillBlank() {
    if (blank) {
      blank = false;
      backend.context().queue().fill(address, elements() * dtype().bytes() / Integer.BYTES, 0);
    }
  }

  /** The elements of an {@link DType#I32} tensor; waits for the device only if a kernel wrote them. */
  static int[] ints(Tensor tensor) {
    int[] known = knownInts(tensor);
    return known == null ? tensor.toInts() : known;
  }

  /** The elements of an {@link DType#I32} tensor if the host wrote them last, else null. */
  static int @Nullable [] knownInts(Tensor tensor) {
    int[] known = of(tensor).host;
    if (known == null) {
      return null;
    }
    int from = Math.toIntExact(tensor.offset());
    return Arrays.copyOfRange(known, from, from + Math.toIntExact(tensor.elements()));
  }

  /**
   * The address of the {@link #half} copy of a tensor that a kernel is about to update together with it, or 0 if there is
   * none.
   */
  static long updatedHalf(Tensor tensor) {
    CudaStorage storage = of(tensor);
    storage.host = null;
    return storage.half == 0 ? 0 : storage.half + tensor.offset() * DType.BF16.bytes();
  }

  /**
   * The first place in an {@link DType#I32} tensor whose element is not in {@code [least, limit)}; -1 if there is none, or
   * if a kernel wrote the tensor.
   */
  static int firstOutside(Tensor tensor, int least, long limit) {
    int[] known = of(tensor).host;
    if (known != null) {
      int from = Math.toIntExact(tensor.offset());
      int count = Math.toIntExact(tensor.elements());
      for (int i = 0; i < count; i++) {
        if (known[from + i] < least || known[from + i] >= limit) {
          return i;
        }
      }
    }
    return -1;
  }

  /**
   * The address of a {@link DType#BF16} copy of an {@link DType#F32} tensor, made when it is first asked for and kept
   * until the tensor is written.
   */
  static long half(Tensor tensor) {
    CudaStorage storage = of(tensor);
    storage.fillBlank();
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
    fillBlank();
    backend.read(address + offset * dtype().bytes(), target);
  }

  @Override
  public void write(long offset, MemorySegment source) {
    fillBlank();
    dropHalf();
    if (dtype() == DType.I32) {
      mirror(offset, source);
    }
    backend.write(address + offset * dtype().bytes(), source);
  }

  @Override
  protected Deferred defer(long offset) {
    fillBlank();
    return dtype() == DType.F32
        ? backend.context().defer(address + offset * dtype().bytes(), false) : super.defer(offset);
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
