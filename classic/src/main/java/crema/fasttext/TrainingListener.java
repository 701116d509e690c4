package crema.fasttext;

/** Receives a training run's progress, and may stop it. */
@FunctionalInterface
public interface TrainingListener {

  /** Called first, with where a run starts: 0, or the part that was done before it was resumed. */
  default void onStart(double fraction) {}

  /**
   * Called a few times a second and, unless the run was stopped, once at its end, when the fraction is 1.
   *
   * @return whether to go on; if not, the run ends as soon as all threads are done with the current batch
   */
  boolean onProgress(TrainingProgress progress);

  /**
   * Called for each hundredth of the run that is done. What is reported, the times aside, depends neither on the
   * number of threads nor on when the run was stopped and resumed; the loss is the mean since the last milestone.
   */
  default void onMilestone(TrainingProgress progress) {}
}
