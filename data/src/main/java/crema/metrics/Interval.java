package crema.metrics;

/**
 * An estimate and the interval around it.
 *
 * @param estimate the value on the documents themselves
 * @param low the lower end
 * @param high the upper end
 * @param level the share of resamples inside, for instance 0.95
 */
public record Interval(double estimate, double low, double high, double level) {}
