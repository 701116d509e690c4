package crema.family.encoder;

import crema.classify.CheckpointPolicy;
import crema.classify.ModelDirectory;
import crema.classify.StopSignal;
import crema.classify.TrainingListener;
import crema.classify.TrainingResult;
import crema.data.ProblemListener;
import crema.data.ProductTitles;
import crema.data.Row;
import crema.nn.loss.ClassWeighting;
import crema.nn.loss.StandardLosses;
import crema.run.DataSettings;
import crema.task.DecisionConfig;
import crema.task.LabelConfig;
import crema.task.LossConfig;
import crema.tensor.Backend;
import crema.tensor.BackendOptions;
import crema.tensor.Device;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Training runs on some of the product titles, small enough for a test and large enough to learn something. */
public final class SmallRuns {
  private static final int EVERY = 60;

  private SmallRuns() {}

  /** Writes every 60th product title to a CSV file: about 590 rows of ten categories. */
  public static Path titles(Path folder) throws IOException {
    var lines = new ArrayList<String>(List.of("title,category,cluster_id"));
    var number = new int[1];
    ProductTitles.rows().forEach(ProblemListener.STRICT, (Row row) -> {
      if (number[0]++ % EVERY == 0) {
        lines.add('"' + row.text().replace("\"", "\"\"") + "\"," + row.labels().getFirst() + "," + row.meta().group());
      }
    });
    return Files.write(folder.resolve("titles.csv"), lines);
  }

  public static TrainingConfig config(Path titles) {
    return config(titles, 2, 2e-3);
  }

  public static TrainingConfig config(Path titles, int epochs, double learningRate) {
    return new TrainingConfig(
        new DataSettings(List.of(titles.toString()), List.of(), List.of(), List.of("title"),
            LabelConfig.single("category"), null, 0.15, 0.15, true, false),
        new TrainingConfig.Tokens(null, 700, true, 40),
        new TrainingConfig.Encoder(32, 2, 4, 2, 64, "mlp", 0, 16, 0.1, 0.1, 0.1, 0.1),
        balancedCrossEntropy(),
        SamplingConfig.SHUFFLED,
        new TrainingConfig.Optimization(epochs, 0, 256, 0, 2, learningRate, 0.01, 0.9, 0.99, 1e-8, 5, "cosine", 0.1, 1),
        DecisionConfig.DEFAULT,
        new TrainingConfig.Validation(7, "macro_f1", 0, 1),
        3);
  }

  /** The settings with another chance that a token is left out, and no more steps than that. */
  public static TrainingConfig withTokenDropout(TrainingConfig config, double tokenDropout, long maxSteps) {
    TrainingConfig.Encoder e = config.encoder();
    TrainingConfig.Optimization o = config.optimization();
    return new TrainingConfig(config.data(), config.tokenizer(),
        new TrainingConfig.Encoder(e.hiddenSize(), e.layers(), e.heads(), e.keyValueHeads(), e.ffnSize(), e.head(),
            e.headSize(), e.bagSize(), tokenDropout, e.dropout(), e.headDropout(), e.dropPath()),
        config.loss(), config.sampling(),
        new TrainingConfig.Optimization(o.epochs(), maxSteps, o.batchTokens(), o.batchSize(), o.accumulation(),
            o.learningRate(), o.weightDecay(), o.beta1(), o.beta2(), o.epsilon(), o.warmupSteps(), o.schedule(),
            o.minScale(), o.clipNorm()),
        config.decision(), config.validation(), config.seed());
  }

  private static LossConfig balancedCrossEntropy() {
    return LossConfig.of("cross-entropy")
        .with(StandardLosses.LABEL_SMOOTHING, 0.05)
        .with(StandardLosses.CLASS_WEIGHTS, ClassWeighting.BALANCED);
  }

  public static Backend backend(int threads) {
    return Backend.open(Device.CPU, new BackendOptions(threads));
  }

  /** Trains to the end. */
  public static TrainingResult train(TrainingConfig config, Path folder, int threads) throws IOException {
    return train(config, folder, threads, CheckpointPolicy.DEFAULT, new TrainingListener() {}, new StopSignal());
  }

  public static TrainingResult train(TrainingConfig config, Path folder, int threads, CheckpointPolicy policy,
      TrainingListener listener, StopSignal stop) throws IOException {
    var directory = new ModelDirectory(folder);
    Files.createDirectories(folder);
    try (Backend backend = backend(threads);
        var trainer = new EncoderRun(config, directory, policy, backend, threads, listener, stop)) {
      return trainer.run(List.of("test"));
    }
  }

  public static byte[] weights(Path folder) throws IOException {
    return Files.readAllBytes(folder.resolve("model.safetensors"));
  }
}
