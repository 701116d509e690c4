package crema.nn.train;

import java.nio.file.Path;

/** Is notified of the progress of a {@link TrainingLoop}, on its thread. All methods do nothing by default. */
public interface LoopListener {
  /** Nobody watches. */
  LoopListener NONE = new LoopListener() {};

  /** Something that the user should know but that does not stop the run. */
  default void warning(String message) {}

  /** A training step was made. */
  default void step(StepRecord step, long totalSteps) {}

  /**
   * A validation was made.
   *
   * @param best whether it is the best so far
   */
  default void validated(ValidationRecord validation, boolean best) {}

  /** A checkpoint was written. */
  default void checkpointed(long step, Path file) {}

  /** Notifies two listeners, this one first. */
  default LoopListener and(LoopListener second) {
    LoopListener first = this;
    return new LoopListener() {
      @Override
      public void warning(String message) {
        first.warning(message);
        second.warning(message);
      }

      @Override
      public void step(StepRecord step, long totalSteps) {
        first.step(step, totalSteps);
        second.step(step, totalSteps);
      }

      @Override
      public void validated(ValidationRecord validation, boolean best) {
        first.validated(validation, best);
        second.validated(validation, best);
      }

      @Override
      public void checkpointed(long step, Path file) {
        first.checkpointed(step, file);
        second.checkpointed(step, file);
      }
    };
  }
}
