package crema.classify;

import crema.nn.train.LoopListener;
import crema.settings.Choice;

/** Is notified of the progress of a training run, on the training thread. All methods do nothing by default. */
public interface TrainingListener extends LoopListener {
  /** Says what is about to be trained, in a few words for people. */
  default void model(String description) {}

  /** A setting that nobody gave has a value that suits the data. */
  default void chosen(Choice<?> choice) {}

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
