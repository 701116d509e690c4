package crema.cli;

import crema.classify.CheckpointPolicy;
import crema.family.encoder.TrainingConfig;
import picocli.CommandLine.Option;

/** When a run validates, stops early, and writes checkpoints. */
final class CheckpointOptions {
  @Option(names = "--validate-every", paramLabel = "STEPS", defaultValue = "0",
      description = "Validate after so many steps (default: after each epoch).")
  private long validateEvery;

  @Option(names = "--metric", paramLabel = "NAME", defaultValue = "macro_f1",
      description = "What decides on the best model: loss, accuracy, macro_f1, micro_f1, weighted_f1, samples_f1 "
          + "(default: ${DEFAULT-VALUE}).")
  private String metric = "macro_f1";

  @Option(names = "--patience", paramLabel = "N", defaultValue = "0",
      description = "Stop after so many validations without a better one (default: never).")
  private int patience;

  @Option(names = "--tolerance", paramLabel = "F", defaultValue = "1",
      description = "A metric above F times the best becomes the best; 0.995 prefers later models that are hardly worse "
          + "(default: ${DEFAULT-VALUE}).")
  private double tolerance;

  @Option(names = "--checkpoint-steps", paramLabel = "N", defaultValue = "0",
      description = "A checkpoint after so many steps.")
  private long checkpointSteps;

  @Option(names = "--checkpoint-epochs", paramLabel = "N", defaultValue = "1",
      description = "A checkpoint after so many epochs (default: ${DEFAULT-VALUE}).")
  private int checkpointEpochs;

  @Option(names = "--checkpoint-minutes", paramLabel = "N", defaultValue = "10",
      description = "A checkpoint after so many minutes (default: ${DEFAULT-VALUE}).")
  private double checkpointMinutes;

  /** When to write checkpoints. */
  CheckpointPolicy policy() {
    return new CheckpointPolicy(checkpointSteps, checkpointEpochs, checkpointMinutes);
  }

  /** When to validate, and what decides. */
  TrainingConfig.Validation validation() {
    return new TrainingConfig.Validation(validateEvery, metric, patience, tolerance);
  }
}
