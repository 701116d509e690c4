package crema.train;

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
