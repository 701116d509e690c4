package crema.classify;

import crema.report.TestReport;
import org.jspecify.annotations.Nullable;

/**
 * How a training run ended.
 *
 * @param steps optimizer steps made, over all resumed parts
 * @param bestStep the step whose weights were kept
 * @param report the test; null if the run was interrupted, after saving a checkpoint
 */
public record TrainingResult(long steps, long bestStep, @Nullable TestReport report) {
  /** Whether the run was stopped before its end, and can be resumed. */
  public boolean isInterrupted() {
    return report == null;
  }
}
