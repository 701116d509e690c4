package crema.cuda.driver;

/**
 * A mark in a {@link Stream}.
 *
 * @param handle the driver's
 */
public record Event(long handle) {}
