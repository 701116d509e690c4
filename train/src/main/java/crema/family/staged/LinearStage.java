package crema.family.staged;

import crema.classify.ModelDirectory;
import crema.family.linear.LinearRun;
import crema.family.linear.LinearTrainingConfig;
import crema.run.RunRows;
import crema.run.StopSignal;
import crema.run.TrainingListener;
import crema.run.TrainingResult;
import java.io.IOException;
import java.util.List;

/** Trains linear models as stages. */
record LinearStage(LinearTrainingConfig settings, int threads) implements StageTrainer {
  @Override
  public String name() {
    return "linear";
  }

  @Override
  public TrainingResult train(RunRows rows, ModelDirectory directory, TrainingListener listener, StopSignal stop,
      List<String> commandLine) throws IOException {
    return new LinearRun(settings.withLabels(settings.data().labels().onlyLabel()), directory, threads, listener, stop,
        () -> rows)
        .run(commandLine);
  }
}
