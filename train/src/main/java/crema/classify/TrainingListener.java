package crema.classify;

import crema.report.StepRecord;
import crema.report.ValidationRecord;
import java.nio.file.Path;

/** Is notified of the progress of a training run, on the training thread. All methods do nothing by default. */
public interface TrainingListener {
  /** Says what is about to be trained, in a few words for people. */
  default void model(String description) {}

  /** A stage begins: reading, tokenizing, training, testing. */
  default void stage(String description) {}

  /** Something that the user should know but that does not stop the run. */
  default void warning(String message) {}

  /**
   * How far a stage is.
   *
   * @param done units done
   * @param total units in all, or -1 if unknown
   */
  default void progress(long done, long total) {}

  /** A training step was made. */
  default void step(StepRecord step, long totalSteps) {}

  /** A validation was made. */
  default void validated(ValidationRecord validation, boolean best) {}

  /** A checkpoint was written. */
  default void checkpointed(long step, Path file) {}
}
