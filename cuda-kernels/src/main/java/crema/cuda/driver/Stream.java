package crema.cuda.driver;

/**
 * A queue of work that a device does in order.
 *
 * @param handle the driver's
 */
public record Stream(long handle) {}
