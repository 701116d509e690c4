package crema.family.staged;

import crema.classify.RunSettings;
import crema.run.DataSettings;

/**
 * Everything that decides what a training run of a classifier that decides in stages computes.
 *
 * @param model {@code staged}
 * @param stages how the classifier is cut
 * @param data which rows
 * @param seed of the split of the rows
 * @param stage what each stage computes; of another family
 */
public record StagedSettings(String model, StagesConfig stages, DataSettings data, long seed, RunSettings stage)
    implements RunSettings {
  /** Settings of a run. */
  public StagedSettings(StagesConfig stages, DataSettings data, long seed, RunSettings stage) {
    this(StagedFamily.KEY, stages, data, seed, stage);
  }
}
