package crema.metrics;

/**
 * How one label fared.
 *
 * @param label the label's number
 * @param score its precision, recall and F1
 * @param support how often it was true
 * @param predictions how often it was predicted
 */
public record LabelMetrics(int label, PrecisionRecall score, long support, long predictions) {}
