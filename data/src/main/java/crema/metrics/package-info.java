/**
 * Classification metrics over plain arrays: precision, recall and F1 in every average, ranking, calibration,
 * thresholds, significance. A ratio with a zero denominator is 0, and every value equals scikit-learn's.
 */
package crema.metrics;
