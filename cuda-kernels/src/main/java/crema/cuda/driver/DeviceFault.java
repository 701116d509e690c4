package crema.cuda.driver;

import java.util.List;

/** A kernel did what it must not, and the device does nothing more for this process. */
public final class DeviceFault extends CudaException {
  private static final long serialVersionUID = 1L;

  @SuppressWarnings("serial") // a list of strings that can be serialized
  private final List<String> launches;

  /**
   * A fault.
   *
   * @param message what is wrong and what to do
   * @param launches what was launched last, newest first
   */
  public DeviceFault(String message, List<String> launches) {
    super(message);
    this.launches = List.copyOf(launches);
  }

  /** What was launched last, newest first: kernels with their grids. */
  public List<String> launches() {
    return launches;
  }
}
