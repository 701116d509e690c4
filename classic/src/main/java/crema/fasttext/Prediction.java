package crema.fasttext;

/**
 * A label and its probability. The probability is fastText's: the exponential of {@code log(p + 1e-5)}, so it may
 * exceed 1 by a hundred-thousandth.
 *
 * @param label with its prefix
 * @param probability of the label
 */
public record Prediction(String label, float probability) {}
