package crema.tensor;

/**
 * A number that a device computes: a loss or a norm. The host goes on without it and asks for the value when it needs
 * it, a step later perhaps, so that nothing inside a step waits for the device.
 */
@FunctionalInterface
public interface Deferred {
  /** The number; waits for the device if need be. Asking again gives the same number. */
  double value();

  /** A number that is known already. */
  static Deferred of(double value) {
    return () -> value;
  }
}
