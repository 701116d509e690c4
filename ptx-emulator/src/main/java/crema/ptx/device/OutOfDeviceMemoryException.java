package crema.ptx.device;

/** An allocation does not fit into the device's memory. */
public final class OutOfDeviceMemoryException extends RuntimeException {
  private final long wanted;

  OutOfDeviceMemoryException(long wanted, long used, long capacity) {
    super(wanted + " bytes do not fit: " + used + " of " + capacity + " are in use");
    this.wanted = wanted;
  }

  /** Bytes that were asked for. */
  public long wanted() {
    return wanted;
  }
}
