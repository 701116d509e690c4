package crema.cuda.driver;

/** The device has no memory left for an allocation. */
public final class OutOfDeviceMemory extends CudaException {
  private static final long serialVersionUID = 1L;

  private final long bytes;

  /**
   * For an allocation that failed.
   *
   * @param bytes its size
   */
  public OutOfDeviceMemory(long bytes) {
    this(bytes, "GPU memory: " + bytes + " bytes more are needed than there are");
  }

  /**
   * For an allocation that failed.
   *
   * @param bytes its size
   * @param message who has the memory and what to do
   */
  public OutOfDeviceMemory(long bytes, String message) {
    super(message);
    this.bytes = bytes;
  }

  /** The size of the allocation that failed. */
  public long bytes() {
    return bytes;
  }
}
