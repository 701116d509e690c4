package crema.family.staged;

import crema.classify.ModelDirectory;
import crema.run.RunRows;
import crema.run.RunSettings;
import crema.run.StopSignal;
import crema.run.TrainingListener;
import crema.run.TrainingResult;
import java.io.IOException;
import java.util.List;

/** What each stage of a {@link StagedRun} trains. */
interface StageTrainer {
  /** The settings of all stages, which are kept with the run. */
  RunSettings settings();

  /** What a stage is, for people. */
  String name();

  /**
   * Checks that the settings are such that stages can have.
   *
   * @throws crema.base.UserError when they are not
   */
  default void requireFit() {}

  /**
   * Trains one stage.
   *
   * @param rows the rows that reach it, each with one label
   * @param directory where to write its model
   * @throws crema.base.UserError when a setting or the data is not as it must be
   */
  TrainingResult train(RunRows rows, ModelDirectory directory, TrainingListener listener, StopSignal stop,
      List<String> commandLine) throws IOException;
}
