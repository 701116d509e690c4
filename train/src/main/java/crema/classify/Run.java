package crema.classify;

import crema.nn.train.StoppedException;
import java.io.IOException;

/** A training run: what a {@link ModelFamily} makes of settings. */
public interface Run {
  /**
   * Runs to the end, or until it is asked to stop; then it can be continued by a run with the same settings in the same
   * directory. At its end the directory holds a whole model.
   *
   * @throws crema.base.UserError when training diverges, or a setting or the data cannot be used
   */
  TrainingResult run() throws IOException;

  /** A run that ends as interrupted where work of it is left by a {@link StoppedException}. */
  static Run stoppable(Run run) {
    return () -> {
      try {
        return run.run();
      } catch (StoppedException e) {
        return new TrainingResult(0, 0, null);
      }
    };
  }
}
