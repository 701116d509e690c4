package crema.tensor;

import java.lang.foreign.MemorySegment;

/** A storage without memory. */
final class AbsentStorage extends Storage {
  AbsentStorage(Backend backend, DType dtype, long elements) {
    super(backend, dtype, elements);
  }

  @Override
  public void read(long offset, MemorySegment target) {
    throw absent();
  }

  @Override
  public void write(long offset, MemorySegment source) {
    throw absent();
  }

  private static IllegalStateException absent() {
    return new IllegalStateException("this model was loaded for prediction alone and does not keep the weight itself");
  }

  @Override
  protected void free() {}
}
