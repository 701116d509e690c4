package crema.fasttext;

import org.jspecify.annotations.Nullable;

/**
 * How a model is made smaller.
 *
 * @param dsub the columns of the input matrix that share a byte
 * @param qnorm whether rows' norms are quantized apart from their directions
 * @param qout whether the output matrix is quantized too
 * @param cutoff the words and n-grams to keep, those with the longest vectors; 0 for all
 * @param retrain what to train what is left with before it is quantized, if there is a cutoff; null not to train.
 *     Its {@code epoch}, {@code lr} and {@code threads} are used
 */
public record QuantizeOptions(
    int dsub, boolean qnorm, boolean qout, int cutoff, @Nullable FastTextConfig retrain) {

  /** Two columns a byte, everything kept. */
  public static final QuantizeOptions DEFAULT = new QuantizeOptions(2, false, false, 0, null);

  /** Checks the values. */
  public QuantizeOptions {
    if (dsub < 1) {
      throw new IllegalArgumentException("dsub is " + dsub + ": it must be at least 1");
    }
    if (cutoff < 0) {
      throw new IllegalArgumentException("cutoff is " + cutoff + ": it must not be negative");
    }
  }
}
