package crema.cuda;

import crema.base.Rng;
import crema.cuda.driver.Grid;
import crema.tensor.Tensor;
import crema.tensor.Write;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Packs a kernel's parameters, in the order in which it declares them, and queues it. Inputs and outputs are told apart,
 * so that what a storage knows of its contents on the host is forgotten when a kernel writes to it.
 */
final class Launch {
  private static final int MOST_BYTES = 4096;
  /** Of parameters that are packed side by side. */
  private static final int MOST_ALIGNMENT = 16;

  private final CudaContext context;
  private final MemorySegment parameters;
  private final List<String> types = new ArrayList<>();
  private @Nullable LoadedKernel kernel;
  private int bytes;
  private int alignment;

  Launch(CudaContext context, MemorySegment memory) {
    this.context = context;
    parameters = memory.asSlice(0, MOST_BYTES);
  }

  /** Starts over with another kernel. */
  Launch of(LoadedKernel next) {
    kernel = next;
    bytes = 0;
    alignment = 0;
    types.clear();
    return this;
  }

  /** A tensor that is read. */
  Launch in(@Nullable Tensor tensor) {
    return address(tensor == null ? 0 : CudaStorage.address(tensor));
  }

  /** A tensor all of whose elements are written. */
  Launch out(@Nullable Tensor tensor) {
    return tensor == null ? address(0) : address(CudaStorage.overwritten(tensor));
  }

  /** A tensor that is read and written, or written in part. */
  Launch inOut(@Nullable Tensor tensor) {
    return tensor == null ? address(0) : inOut(tensor, 0);
  }

  /** A tensor that is read and written, or written in part, from an element on. */
  Launch inOut(Tensor tensor, long element) {
    return address(CudaStorage.updated(tensor) + element * tensor.dtype().bytes());
  }

  /** A tensor that is overwritten or added to. */
  Launch out(Tensor tensor, Write write) {
    return write == Write.SET ? out(tensor) : inOut(tensor);
  }

  /** Whether the output is added to: an {@code int}. */
  Launch add(Write write) {
    return i32(write == Write.ADD ? 1 : 0);
  }

  /** The address of device memory, or 0 for none. */
  Launch address(long address) {
    next("u64", Long.BYTES);
    parameters.set(ValueLayout.JAVA_LONG, bytes, address);
    bytes += Long.BYTES;
    return this;
  }

  /** An {@code int}. */
  Launch i32(long value) {
    next("u32", Integer.BYTES);
    parameters.set(ValueLayout.JAVA_INT, bytes, Math.toIntExact(value));
    bytes += Integer.BYTES;
    return this;
  }

  /** A {@code long long}. */
  Launch i64(long value) {
    return address(value);
  }

  /** A {@code float}. */
  Launch f32(double value) {
    next("f32", Float.BYTES);
    parameters.set(ValueLayout.JAVA_FLOAT, bytes, (float) value);
    bytes += Float.BYTES;
    return this;
  }

  /** A {@code double}. */
  Launch f64(double value) {
    next("f64", Double.BYTES);
    parameters.set(ValueLayout.JAVA_DOUBLE, bytes, value);
    bytes += Double.BYTES;
    return this;
  }

  /** A {@code RandomStream} of {@code common.cuh}: where seed and step are, and the op; null for none. */
  Launch random(Rng.@Nullable Stream stream) {
    if (stream == null) {
      return address(0).i32(0);
    }
    return address(context.randomState(stream)).i32(stream.op());
  }

  /** A structure passed by value, aligned as given. */
  Launch bytes(MemorySegment structure, int aligned) {
    next("b8[" + structure.byteSize() + "]", aligned);
    MemorySegment.copy(structure, 0, parameters, bytes, structure.byteSize());
    bytes += Math.toIntExact(structure.byteSize());
    return this;
  }

  /**
   * Queues the kernel on the compute stream. Parameters of which one is aligned to more than {@value #MOST_ALIGNMENT} bytes
   * are the members of one structure, which the kernel takes instead: the driver knows where such a one begins, and nothing
   * else.
   */
  void run(Grid grid) {
    if (alignment > MOST_ALIGNMENT) {
      bytes = (bytes + alignment - 1) & -alignment;
      if (!types.isEmpty()) {
        types.clear();
        types.add("b8[" + bytes + "]");
      }
    }
    if (kernel == null) {
      throw new IllegalStateException("a launch without a kernel");
    }
    if (kernel.isUnchecked()) {
      kernel.check(types);
    }
    context.launch(kernel.kernel(), grid, parameters.asSlice(0, bytes));
  }

  /** Makes room for a parameter of a type of PTX. */
  private void next(String type, int aligned) {
    if (kernel != null && kernel.isUnchecked()) {
      types.add(type);
    }
    bytes = (bytes + aligned - 1) & -aligned;
    alignment = Math.max(alignment, aligned);
  }
}
