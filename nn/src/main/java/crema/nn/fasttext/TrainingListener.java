package crema.nn.fasttext;

/** Hears of a training run's progress a few times a second, and may stop it. */
@FunctionalInterface
public interface TrainingListener {

  /** Returns whether to go on; if not, the run ends as soon as all threads are done with the current batch. */
  boolean onProgress(TrainingProgress progress);
}
