package crema.metrics;

import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** As how many documents each of some documents counts. */
final class Weights {
  private Weights() {}

  /**
   * A copy; null where each counts once.
   *
   * @throws IllegalArgumentException if there is not one above 0 a document
   */
  static double @Nullable [] checked(double @Nullable [] weights, int documents) {
    if (weights == null) {
      return null;
    }
    if (weights.length != documents) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "%d weights for %d documents: give one a document", weights.length, documents));
    }
    for (double weight : weights) {
      if (!(weight > 0) || Double.isInfinite(weight)) {
        throw new IllegalArgumentException("the weight of a document must be above 0, not " + weight);
      }
    }
    return Arrays.stream(weights).allMatch(weight -> weight == 1) ? null : weights.clone();
  }
}
