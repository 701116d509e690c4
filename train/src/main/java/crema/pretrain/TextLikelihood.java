package crema.pretrain;

import java.util.List;

/**
 * How likely a text is.
 *
 * @param tokens its tokens, without those that the tokenizer puts around texts
 * @param logLikelihood the sum of the logarithms of the probability of each token, given all others
 * @param isCut whether it was longer than the model takes and was cut
 */
public record TextLikelihood(int tokens, double logLikelihood, boolean isCut) {
  /** e to the mean of what each token adds; NaN for a text without tokens. */
  public double perplexity() {
    return Math.exp(-logLikelihood / tokens);
  }

  /** That of several texts: e to the mean over all their tokens. */
  public static double perplexity(List<TextLikelihood> texts) {
    double sum = texts.stream().mapToDouble(TextLikelihood::logLikelihood).sum();
    return Math.exp(-sum / texts.stream().mapToLong(TextLikelihood::tokens).sum());
  }
}
