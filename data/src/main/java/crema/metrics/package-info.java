/**
 * What is measured on the answers of a classifier, over plain arrays: precision, recall and F1 in every average,
 * hierarchical metrics, ranking, calibration, thresholds, confidence intervals.
 *
 * <p>A ratio with a zero denominator is 0, and every value equals scikit-learn's.
 */
package crema.metrics;
