package crema.classify;

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
}
