package crema.metrics;

/**
 * Two models on the same documents.
 *
 * @param metric what was compared
 * @param first the first model's value
 * @param second the second model's value
 * @param difference second minus first, with its bootstrap interval
 * @param pValue two-sided: how often chance alone would show a difference on the other side of zero
 */
public record Comparison(Metric metric, double first, double second, Interval difference, double pValue) {}
