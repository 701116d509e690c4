package crema.tensor.reference;

import crema.tensor.DType;
import crema.tensor.Storage;
import crema.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Host memory off the heap, read and written an element at a time as doubles: slow, and obviously right.
 */
final class ReferenceStorage extends Storage {
  private final MemorySegment memory;
  private final ReferenceBackend backend;

  ReferenceStorage(ReferenceBackend backend, DType dtype, long elements, MemorySegment memory) {
    super(backend, dtype, elements);
    this.backend = backend;
    this.memory = memory;
  }

  static ReferenceStorage of(Tensor tensor) {
    if (tensor.storage() instanceof ReferenceStorage storage) {
      return storage;
    }
    throw new IllegalArgumentException("tensor " + tensor.shape() + " is on " + tensor.backend().device()
        + ", not on the reference backend");
  }

  double get(long index) {
    return switch (dtype()) {
      case F32 -> memory.getAtIndex(ValueLayout.JAVA_FLOAT, index);
      case F64 -> memory.getAtIndex(ValueLayout.JAVA_DOUBLE, index);
      case I32 -> memory.getAtIndex(ValueLayout.JAVA_INT, index);
      case BF16, F16, I8 -> throw new UnsupportedOperationException("arithmetic on " + dtype());
    };
  }

  void set(long index, double value) {
    switch (dtype()) {
      case F32 -> memory.setAtIndex(ValueLayout.JAVA_FLOAT, index, (float) value);
      case F64 -> memory.setAtIndex(ValueLayout.JAVA_DOUBLE, index, value);
      case I32 -> memory.setAtIndex(ValueLayout.JAVA_INT, index, (int) value);
      case BF16, F16, I8 -> throw new UnsupportedOperationException("arithmetic on " + dtype());
    }
  }

  @Override
  public void read(long offset, MemorySegment target) {
    target.copyFrom(memory.asSlice(offset * dtype().bytes(), target.byteSize()));
  }

  @Override
  public void write(long offset, MemorySegment source) {
    memory.asSlice(offset * dtype().bytes(), source.byteSize()).copyFrom(source);
  }

  @Override
  protected void free() {
    backend.freed(this);
  }
}
