package crema.family.staged;

import crema.base.UserError;
import crema.classify.ModelDirectory;
import crema.data.ProblemListener;
import crema.data.RowSource;
import crema.family.fasttext.FastTextRun;
import crema.family.fasttext.FastTextTrainingConfig;
import crema.family.fasttext.FastTextTuning;
import crema.run.CheckpointPolicy;
import crema.run.RunRows;
import crema.run.StopSignal;
import crema.run.TrainingListener;
import crema.run.TrainingResult;
import java.io.IOException;
import java.util.List;

/** Trains fastText models as stages. */
record FastTextStage(FastTextTrainingConfig settings, CheckpointPolicy policy, int threads) implements StageTrainer {
  private static final int FEWEST_BUCKETS = 1000;

  @Override
  public void requireFit() {
    FastTextTuning tuning = settings.tuning();
    if (tuning.folds() > 0 || tuning.searchSeconds() > 0 || tuning.quantize()) {
      throw new UserError("models that decide in stages are trained once and not quantized: leave out folds, "
          + "autotune-duration and quantize");
    }
    if (settings.labels().loss() != null || settings.labels().areAll()) {
      throw new UserError("a stage has one label a text: leave out loss and path-labels");
    }
  }

  @Override
  public String name() {
    return "fastText";
  }

  @Override
  public TrainingResult train(RunRows rows, ModelDirectory directory, TrainingListener listener, StopSignal stop,
      List<String> commandLine) throws IOException {
    return new FastTextRun(settings.with(settings.data().labels().onlyLabel(), buckets(rows.train())), directory, policy,
        threads, listener, stop, () -> rows).run(commandLine);
  }

  /**
   * The most rows for n-grams that a stage gets: one a character of its training texts, which is about as many as there
   * are different n-grams in them. A hundred small stages would else take the room of a hundred large models.
   */
  private static int buckets(RowSource rows) {
    var characters = new long[1];
    rows.forEach(ProblemListener.SILENT, row -> characters[0] += row.text().length());
    return (int) Math.clamp(characters[0], FEWEST_BUCKETS, Integer.MAX_VALUE);
  }
}
