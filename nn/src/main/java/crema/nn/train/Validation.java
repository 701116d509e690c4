package crema.nn.train;

import java.io.IOException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** Measures a module while it is trained. */
@FunctionalInterface
public interface Validation {
  /** Which values are better. */
  enum Better {
    /** As of a loss. */
    LOWER,
    /** As of an accuracy. */
    HIGHER
  }

  /**
   * What a validation measured.
   *
   * @param value decides on the best parameters
   * @param loss the mean loss, or NaN if there is none; logged
   * @param metrics further values by name, in order; logged
   */
  record Measured(double value, double loss, Map<String, Double> metrics) {
    /** Copies the map and keeps its order. */
    public Measured {
      metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
    }

    /** A loss, which decides. */
    public static Measured ofLoss(double loss) {
      return new Measured(loss, loss, Map.of());
    }
  }

  /**
   * Measures the module as it is.
   *
   * @param step the training steps done
   * @param epoch the epochs completed by then, for instance 1.25
   */
  Measured measure(long step, double epoch) throws IOException;
}
