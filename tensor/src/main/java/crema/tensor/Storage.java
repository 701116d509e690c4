package crema.tensor;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A run of elements of one type on one backend. A tensor and its views share a storage and each holds one reference;
 * the last one to let go gives the memory back to the backend's pool.
 *
 * <p>What the memory is (a heap array, device memory) is the backend's own affair: everything else reads and writes
 * through {@link #read} and {@link #write}.
 */
public abstract class Storage {
  private final Backend backend;
  private final DType dtype;
  private final long elements;
  private final AtomicInteger references = new AtomicInteger(1);

  /** A storage with one reference, held by its creator. */
  protected Storage(Backend backend, DType dtype, long elements) {
    this.backend = backend;
    this.dtype = dtype;
    this.elements = elements;
  }

  /** The backend that owns the memory. */
  public final Backend backend() {
    return backend;
  }

  /** The type of the elements. */
  public final DType dtype() {
    return dtype;
  }

  /** How many elements fit. */
  public final long elements() {
    return elements;
  }

  /**
   * Copies elements into host memory, waiting for the device where there is one.
   *
   * @param offset the first element
   * @param target host memory; its size says how many bytes to copy
   */
  public abstract void read(long offset, MemorySegment target);

  /**
   * Copies host memory into elements.
   *
   * @param offset the first element
   * @param source host memory; its size says how many bytes to copy
   */
  public abstract void write(long offset, MemorySegment source);

  /**
   * An element of a floating-point storage as it is when the ops that were called so far are done. By default it is
   * read at once; a device overrides this so that nobody waits.
   *
   * @param offset of the element
   */
  protected Deferred defer(long offset) {
    if (dtype == DType.F64) {
      var value = new double[1];
      read(offset, MemorySegment.ofArray(value));
      return Deferred.of(value[0]);
    }
    var value = new float[1];
    read(offset, MemorySegment.ofArray(value));
    return Deferred.of(value[0]);
  }

  /** Gives the memory back to the pool; called once, by the last {@link #release}. */
  protected abstract void free();

  final void retain() {
    if (references.getAndIncrement() <= 0) {
      throw new IllegalStateException("storage used after it was freed");
    }
  }

  final void release() {
    int left = references.decrementAndGet();
    if (left == 0) {
      free();
    } else if (left < 0) {
      throw new IllegalStateException("storage released twice");
    }
  }
}
