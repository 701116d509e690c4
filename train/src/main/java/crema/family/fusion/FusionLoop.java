package crema.family.fusion;

import crema.classify.RunContext;
import crema.data.Batches;
import crema.data.PackedBatch;
import crema.family.encoder.PackedBatches;
import crema.family.encoder.SamplingSettings;
import crema.nn.Module;
import crema.nn.optim.AdamW;
import crema.nn.optim.Schedule;
import crema.nn.train.LoopBuilder;
import crema.nn.train.Objective;
import crema.nn.train.TrainingLoop;
import crema.run.TrainingSettings;
import crema.settings.Settings;
import crema.task.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What the loops of all stages have in common.
 *
 * @param dataHash tells the rows and the parts from others
 */
record FusionLoop(Settings settings, RunContext context, Target target, String dataHash) {
  private static final double WARMUP = 0.1;
  private static final double LAST_SCALE = 0.05;
  private static final String START_OVER = "start over with --overwrite";

  /**
   * A stage.
   *
   * @param key names its checkpoints
   * @param epochs passes over its rows
   * @param learningRate the highest
   */
  record Stage(String key, int epochs, double learningRate) {}

  /** The loop of a stage, so far without validations. */
  LoopBuilder<PackedBatch> of(Module model, FusionRows rows, Objective<PackedBatch> objective, Stage stage,
      AdamW optimizer) throws IOException {
    Path checkpoints = Files.createDirectories(context.directory().checkpoints()).resolve(stage.key);
    var batches = new PackedBatches(List.of(
        new Batches(rows, SamplingSettings.sampler(settings, rows, target.labels().counts()), Integer.MAX_VALUE,
            settings.get(FusionSettings.FUSION_BATCH))));
    return TrainingLoop.of(model, batches, objective)
        .optimizer(optimizer)
        .epochs(stage.epochs)
        .learningRate(stage.learningRate)
        .schedule(Schedule.Decay.COSINE, 0, LAST_SCALE)
        .warmupFraction(WARMUP)
        .clipNorm(1)
        .seed(settings.get(TrainingSettings.SEED))
        .checkpoints(checkpoints, context.checkpoints().policy())
        .listener(context.listener())
        .stop(context.stop())
        .startOver(START_OVER)
        .identity("settings", context.directory().runDigest(),
            "is of a run with other settings than " + context.directory().trainingConfig() + "; " + START_OVER)
        .identity("data", dataHash, "is of a run on other data: the data files have changed since the run in "
            + context.directory().path() + " was started; put them back, or " + START_OVER);
  }
}
