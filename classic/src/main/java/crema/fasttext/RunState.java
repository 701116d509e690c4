package crema.fasttext;

/**
 * Where a training run stands between two batches, besides its matrices.
 *
 * @param position where the next batch starts
 * @param step the batches done
 * @param lossSum the losses of the examples since the last milestone
 * @param lossCount how many those are
 */
record RunState(ExampleStream.Position position, long step, double lossSum, long lossCount) {
  static final RunState START = new RunState(ExampleStream.Position.START, 0, 0, 0);
}
