package crema.cuda.driver;

import java.lang.foreign.MemorySegment;

/**
 * A GPU as the backend uses it. The NVIDIA driver implements it, and so does an emulator in tests, on which the very same
 * kernels run.
 *
 * <p>Work is queued and done later, in order within a {@link Stream}; errors of kernels show in a later call. Not
 * thread-safe.
 */
public interface Driver extends AutoCloseable {
  /** What is known of the device. */
  DeviceFacts facts();

  /** Bytes of the device's memory that nobody uses, other processes included. */
  long freeBytes();

  /**
   * Allocates device memory, aligned to 256 bytes.
   *
   * @param name what it holds, for messages
   * @return its address
   * @throws OutOfDeviceMemory if there is not as much
   */
  long allocate(long bytes, String name);

  /** Gives memory back; work that uses it must have ended. */
  void free(long address);

  /**
   * Whether every allocation is checked on its own, as an emulator does: a pool then hands out allocations as they are
   * and lets {@link #free} end them.
   */
  default boolean checksAccesses() {
    return false;
  }

  /** Host memory that the device copies from and to while the host goes on. Freed with the driver. */
  MemorySegment allocatePinned(long bytes);

  /** A new stream. */
  Stream stream();

  /** Queues a copy to the device; {@code source} must stay as it is until it is done if it is pinned. */
  void write(long address, MemorySegment source, Stream stream);

  /** Queues a copy to pinned host memory, or copies to other memory and waits. */
  void read(long address, MemorySegment target, Stream stream);

  /** Queues a copy within the device. */
  void copy(long target, long source, long bytes, Stream stream);

  /** Queues a fill with 32-bit words. */
  void fill(long address, long words, int word, Stream stream);

  /**
   * Loads a module.
   *
   * @param name what it is called in messages
   * @param image PTX, which the driver compiles, or a cubin
   * @throws CudaException if the driver does not take it
   */
  LoadedModule load(String name, byte[] image);

  /**
   * Queues a kernel.
   *
   * @param parameters packed as the kernel declares them, copied before this returns
   */
  void launch(Kernel kernel, Grid grid, MemorySegment parameters, Stream stream);

  /** A new event. */
  Event event();

  /** Marks the place in the stream. */
  void record(Event event, Stream stream);

  /** Waits until the work before an event is done. */
  void synchronize(Event event);

  /** Waits until the work of a stream is done. */
  void synchronize(Stream stream);

  /** Milliseconds between two events that are done. */
  double milliseconds(Event from, Event to);

  /** Records what is queued in the stream, instead of doing it, until {@link #endCapture}. */
  void beginCapture(Stream stream);

  /** What was recorded. */
  Graph endCapture(Stream stream);

  /**
   * Describes a matrix to the bulk copies of capability 9.0.
   *
   * @param descriptor 128 bytes, aligned to 64, that receive the description, to be passed to a kernel
   */
  void encodeTensorMap(MatrixMap map, MemorySegment descriptor);

  @Override
  void close();
}
