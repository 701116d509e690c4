package crema.nn.train;

import java.util.Map;

/**
 * Where a run is, apart from its tensors. Together with them it decides everything that comes after: random numbers and
 * the order of the batches are functions of the seed, the step and the epoch.
 *
 * @param version the format of the checkpoint
 * @param step optimizer steps done
 * @param epoch epochs completed
 * @param batch batches of the current epoch that are done
 * @param earlyStopping the best validation so far
 * @param smoothedLoss the running mean of the loss, for the guard against divergence; NaN before the first step
 * @param seconds training time, over all resumed parts
 * @param identity what tells the run from others, by name
 */
record TrainingState(int version, long step, int epoch, int batch, EarlyStopping earlyStopping, double smoothedLoss,
    double seconds, Map<String, String> identity) {
  /** Version 3 has an identity of any parts; before it was two hashes. */
  static final int VERSION = 3;

  static TrainingState start(Map<String, String> identity) {
    return new TrainingState(VERSION, 0, 0, 0, EarlyStopping.START, Double.NaN, 0, identity);
  }

  /** One step on, within the epoch. */
  TrainingState withStep(int batchesDone, double newSmoothedLoss, double newSeconds) {
    return new TrainingState(version, step + 1, epoch, batchesDone, earlyStopping, newSmoothedLoss, newSeconds,
        identity);
  }

  /** At the start of the next epoch. */
  TrainingState withNextEpoch() {
    return new TrainingState(version, step, epoch + 1, 0, earlyStopping, smoothedLoss, seconds, identity);
  }

  /** After a validation. */
  TrainingState withEarlyStopping(EarlyStopping newEarlyStopping) {
    return new TrainingState(version, step, epoch, batch, newEarlyStopping, smoothedLoss, seconds, identity);
  }
}
