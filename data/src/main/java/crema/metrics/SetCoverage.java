package crema.metrics;

/**
 * What sets of labels reach.
 *
 * @param asked the coverage that was asked for
 * @param reached the share of documents whose set has all their true labels
 * @param size how many labels a set has on average
 * @param empty the share of documents whose set is empty
 */
public record SetCoverage(double asked, Interval reached, double size, double empty) {}
