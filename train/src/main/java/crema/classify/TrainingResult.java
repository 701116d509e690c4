package crema.classify;

import crema.report.TestReport;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a training run ended.
 *
 * @param steps optimizer steps made, over all resumed parts
 * @param bestStep the step whose weights were kept
 * @param report the test; null if the run was interrupted, after saving a checkpoint, or had several tasks
 * @param tasks the test of each task by its name, if there are several
 */
public record TrainingResult(long steps, long bestStep, @Nullable TestReport report, Map<String, TestReport> tasks) {
  /** Copies the map and keeps its order. */
  public TrainingResult {
    tasks = Collections.unmodifiableMap(new LinkedHashMap<>(tasks));
  }

  /** How a run of one task ended. */
  public TrainingResult(long steps, long bestStep, @Nullable TestReport report) {
    this(steps, bestStep, report, Map.of());
  }

  /** Whether the run was stopped before its end, and can be resumed. */
  public boolean isInterrupted() {
    return report == null && tasks.isEmpty();
  }
}
