package crema.nn.train;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What one validation gave with each threshold that was tried.
 *
 * @param step the optimizer step after which it ran
 * @param epoch the epochs completed, for instance 1.25
 * @param metrics what does not depend on the threshold, the chosen one among them, by key and in order
 * @param curves the thresholds and, one for each of them, F1, precision and recall; by key and in order
 */
public record ThresholdRecord(long step, double epoch, Map<String, Double> metrics, Map<String, List<Double>> curves)
    implements LogRecord {

  /** Copies the maps and keeps their order. */
  public ThresholdRecord {
    metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
    curves = Collections.unmodifiableMap(new LinkedHashMap<>(curves));
  }
}
