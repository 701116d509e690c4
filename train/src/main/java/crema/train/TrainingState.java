package crema.train;

/**
 * Where a training run is, apart from its tensors. Together with them it decides everything that comes after: random
 * numbers and the order of the rows are functions of the seed, the step and the epoch.
 *
 * @param version the format of the checkpoint
 * @param step optimizer steps done
 * @param epoch epochs completed
 * @param batch batches of the current epoch that are done
 * @param bestStep the step of the best validation; 0 before the first
 * @param bestValue its metric
 * @param sinceBest validations since then
 * @param smoothedLoss the running mean of the loss, for the guard against divergence; NaN before the first step
 * @param seconds training time, over all resumed parts
 * @param dataHash the hash of the rows
 * @param configHash the hash of the settings
 */
record TrainingState(int version, long step, int epoch, int batch, long bestStep, double bestValue, int sinceBest,
    double smoothedLoss, double seconds, String dataHash, String configHash) {
  static final int VERSION = 1;

  static TrainingState start(String dataHash, String configHash) {
    return new TrainingState(VERSION, 0, 0, 0, 0, Double.NaN, 0, Double.NaN, 0, dataHash, configHash);
  }

  EarlyStopping earlyStopping() {
    return new EarlyStopping(bestStep, bestValue, sinceBest);
  }
}
