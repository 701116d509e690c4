package crema.task;

import crema.metrics.ConfidenceCurve;

/**
 * How far the scores of a model can be trusted, as rows say that it has not learned from.
 *
 * @param confidence what makes probabilities of scores that mean what they say
 */
public record Trust(ConfidenceCurve confidence) {
  /** Nothing is known: probabilities are as the scores have them. */
  public static final Trust NONE = new Trust(ConfidenceCurve.NONE);

  /** Whether nothing is known. */
  public boolean isNone() {
    return confidence.isNone();
  }
}
