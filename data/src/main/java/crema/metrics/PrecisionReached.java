package crema.metrics;

/**
 * What answers reach that are given only where they are sure enough.
 *
 * @param asked the precision that was asked for
 * @param reached the share of right ones among the answers that are given; the estimate is NaN where none are
 * @param answered the share of documents with an answer
 */
public record PrecisionReached(double asked, Interval reached, double answered) {}
