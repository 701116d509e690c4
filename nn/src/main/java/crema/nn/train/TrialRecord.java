package crema.nn.train;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a value of a setting gave that was tried before the training.
 *
 * @param setting the name of the setting
 * @param value that was tried
 * @param metrics what it gave, by key and in order
 * @param isChosen whether the training has this value
 */
public record TrialRecord(String setting, double value, Map<String, Double> metrics, boolean isChosen)
    implements LogRecord {

  /** Copies the map and keeps its order. */
  public TrialRecord {
    metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
  }

  /** Before the first. */
  @Override
  public long step() {
    return 0;
  }

  /** None. */
  @Override
  public double epoch() {
    return 0;
  }
}
