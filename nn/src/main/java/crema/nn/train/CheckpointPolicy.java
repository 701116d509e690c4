package crema.nn.train;

import crema.base.UserError;

/**
 * When checkpoints are written. One is always written when a run ends or is stopped.
 *
 * @param everySteps after so many steps; 0 for not by steps
 * @param everyEpochs after so many epochs; 0 for not by epochs
 * @param everyMinutes after so many minutes; 0 for not by time
 */
public record CheckpointPolicy(long everySteps, int everyEpochs, double everyMinutes) {
  /** After each epoch and every ten minutes. */
  public static final CheckpointPolicy DEFAULT = new CheckpointPolicy(0, 1, 10);

  /** Every minute: what a run that dies has to do again. */
  public static final CheckpointPolicy EVERY_MINUTE = new CheckpointPolicy(0, 0, 1);

  /** Checks the ranges. */
  public CheckpointPolicy {
    if (everySteps < 0 || everyEpochs < 0 || !(everyMinutes >= 0)) {
      throw new UserError("checkpoints every " + everySteps + " steps, " + everyEpochs + " epochs, "
          + everyMinutes + " minutes: none may be negative");
    }
  }
}
