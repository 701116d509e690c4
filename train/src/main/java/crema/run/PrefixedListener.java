package crema.run;

import crema.classify.TrainingListener;
import crema.nn.train.StepRecord;
import crema.nn.train.ValidationRecord;
import java.nio.file.Path;

/**
 * Says of which part of a run something is that its listener is told.
 *
 * @param prefix stands before what is said
 * @param all is told
 */
public record PrefixedListener(String prefix, TrainingListener all) implements TrainingListener {
  @Override
  public void model(String description) {
    all.model(prefix + description);
  }

  @Override
  public void stage(String description) {
    all.stage(prefix + description);
  }

  @Override
  public void warning(String message) {
    all.warning(prefix + message);
  }

  @Override
  public void progress(long done, long total) {
    all.progress(done, total);
  }

  @Override
  public void step(StepRecord step, long totalSteps) {
    all.step(step, totalSteps);
  }

  @Override
  public void validated(ValidationRecord validation, boolean best) {
    all.validated(validation, best);
  }

  @Override
  public void checkpointed(long step, Path file) {
    all.checkpointed(step, file);
  }
}
