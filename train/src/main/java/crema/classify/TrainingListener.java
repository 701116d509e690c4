package crema.classify;

import crema.nn.train.LoopListener;

/** Is notified of the progress of a training run, on the training thread. All methods do nothing by default. */
public interface TrainingListener extends LoopListener {
  /** Says what is about to be trained, in a few words for people. */
  default void model(String description) {}

  /** A stage begins: reading, tokenizing, training, testing. */
  default void stage(String description) {}

  /**
   * How far a stage is.
   *
   * @param done units done
   * @param total units in all, or -1 if unknown
   */
  default void progress(long done, long total) {}
}
