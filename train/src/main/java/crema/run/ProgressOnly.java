package crema.run;

import crema.classify.TrainingListener;
import crema.nn.train.StepRecord;

/**
 * Says how far a training is and nothing else: of one among many, or one whose validation means nothing.
 *
 * @param all is told
 */
public record ProgressOnly(TrainingListener all) implements TrainingListener {
  @Override
  public void progress(long done, long total) {
    all.progress(done, total);
  }

  @Override
  public void step(StepRecord step, long totalSteps) {
    all.step(step, totalSteps);
  }
}
