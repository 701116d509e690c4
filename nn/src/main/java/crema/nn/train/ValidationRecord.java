package crema.nn.train;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One validation.
 *
 * @param step the optimizer step after which it ran
 * @param epoch the epochs completed, for instance 1.25
 * @param loss the mean loss on the validation set, or NaN where the trainer has none
 * @param metrics metrics by key, such as {@code macro_f1}, in order
 * @param seconds how long the validation took
 */
public record ValidationRecord(long step, double epoch, double loss, Map<String, Double> metrics, double seconds)
    implements LogRecord {

  /** Copies the map and keeps its order. */
  public ValidationRecord {
    metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
  }
}
