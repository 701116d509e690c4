package crema.cli;

import crema.family.encoder.TrainingConfig;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How an encoder is optimized; some of it is fastText's and the linear baseline's, too. */
final class TrainingOptions {
  @Option(names = "--epochs", paramLabel = "N",
      description = "Passes over the training rows (default: 3; fastText: 10).")
  private @Nullable Integer epochs;

  @Option(names = "--max-steps", paramLabel = "N", defaultValue = "0", description = "Stop after so many steps.")
  private long maxSteps;

  @Option(names = "--batch-tokens", paramLabel = "N", defaultValue = "2048",
      description = "A batch holds at most so many tokens (default: ${DEFAULT-VALUE}).")
  private int batchTokens;

  @Option(names = "--batch-size", paramLabel = "N", defaultValue = "0",
      description = "A batch holds at most so many texts (default: no limit).")
  private int batchSize;

  @Option(names = "--accumulate", paramLabel = "N", defaultValue = "1",
      description = "Batches whose gradients make one step (default: ${DEFAULT-VALUE}).")
  private int accumulation;

  @Option(names = "--learning-rate", paramLabel = "LR",
      description = "The highest learning rate (default: 3e-4; fastText: 0.5).")
  private @Nullable Double learningRate;

  @Option(names = "--weight-decay", paramLabel = "W", defaultValue = "0.01",
      description = "Of matrices; biases, norms and gammas do not decay (default: ${DEFAULT-VALUE}).")
  private double weightDecay;

  @Option(names = "--beta1", paramLabel = "B", defaultValue = "0.9",
      description = "AdamW's (default: ${DEFAULT-VALUE}).")
  private double beta1;

  @Option(names = "--beta2", paramLabel = "B", defaultValue = "0.999",
      description = "AdamW's (default: ${DEFAULT-VALUE}).")
  private double beta2;

  @Option(names = "--epsilon", paramLabel = "E", defaultValue = "1e-8",
      description = "AdamW's (default: ${DEFAULT-VALUE}).")
  private double epsilon;

  @Option(names = "--warmup", paramLabel = "N", defaultValue = "100",
      description = "Steps in which the learning rate rises (default: ${DEFAULT-VALUE}).")
  private int warmup;

  @Option(names = "--schedule", paramLabel = "KIND", defaultValue = "cosine",
      description = "none, linear, cosine or exponential (default: ${DEFAULT-VALUE}).")
  private String schedule = "cosine";

  @Option(names = "--min-scale", paramLabel = "F", defaultValue = "0.1",
      description = "Where the schedule ends, as a fraction of the learning rate (default: ${DEFAULT-VALUE}).")
  private double minScale;

  @Option(names = "--clip-norm", paramLabel = "N", defaultValue = "1",
      description = "The largest norm of a gradient; 0 for no limit (default: ${DEFAULT-VALUE}).")
  private double clipNorm;

  @Option(names = "--seed", paramLabel = "N", defaultValue = "1",
      description = "Of everything random (default: ${DEFAULT-VALUE}).")
  private long seed;

  /** Gives the settings that nobody gave what suits the kind of model. */
  void settle(TrainedKind kind) {
    if (epochs == null) {
      epochs = kind.epochs();
    }
    if (learningRate == null) {
      learningRate = kind.learningRate();
    }
  }

  int epochs() {
    return Objects.requireNonNull(epochs);
  }

  double learningRate() {
    return Objects.requireNonNull(learningRate);
  }

  long seed() {
    return seed;
  }

  /** The settings. */
  TrainingConfig.Optimization optimization() {
    return new TrainingConfig.Optimization(epochs(), maxSteps, batchTokens, batchSize, accumulation, learningRate(),
        weightDecay, beta1, beta2, epsilon, warmup, schedule, minScale, clipNorm);
  }
}
