package crema.run;

/**
 * Where a training run is, apart from its tensors. Together with them it decides everything that comes after: random
 * numbers and the order of the rows are functions of the seed, the step and the epoch.
 *
 * @param version the format of the checkpoint
 * @param step optimizer steps done
 * @param epoch epochs completed
 * @param batch batches of the current epoch that are done
 * @param earlyStopping the best validation so far
 * @param smoothedLoss the running mean of the loss, for the guard against divergence; NaN before the first step
 * @param seconds training time, over all resumed parts
 * @param dataHash the hash of the rows
 * @param configHash the hash of the settings
 */
public record TrainingState(int version, long step, int epoch, int batch, EarlyStopping earlyStopping, double smoothedLoss,
    double seconds, String dataHash, String configHash) {
  static final int VERSION = 2;

  public static TrainingState start(String dataHash, String configHash) {
    return new TrainingState(VERSION, 0, 0, 0, EarlyStopping.START, Double.NaN, 0, dataHash, configHash);
  }

  /** One step on, within the epoch. */
  public TrainingState withStep(int batchesDone, double newSmoothedLoss, double newSeconds) {
    return new TrainingState(version, step + 1, epoch, batchesDone, earlyStopping, newSmoothedLoss, newSeconds,
        dataHash, configHash);
  }

  /** At the start of the next epoch. */
  public TrainingState withNextEpoch() {
    return new TrainingState(version, step, epoch + 1, 0, earlyStopping, smoothedLoss, seconds, dataHash, configHash);
  }

  /** After a validation. */
  public TrainingState withEarlyStopping(EarlyStopping newEarlyStopping) {
    return new TrainingState(version, step, epoch, batch, newEarlyStopping, smoothedLoss, seconds, dataHash,
        configHash);
  }
}
