package crema.classify;

/**
 * A label for a text.
 *
 * @param label the label's name
 * @param probability how sure the model is, from 0 to 1; over all labels of a text they sum to 1
 */
public record Prediction(String label, double probability) {}
