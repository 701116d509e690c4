package crema.cli;

import crema.task.DecisionConfig;
import picocli.CommandLine.Option;

/** How probabilities become labels. */
final class DecisionOptions {
  @Option(names = "--threshold", paramLabel = "KIND", defaultValue = "global",
      description = "From which probability on a text has a label, of several: global, chosen on the validation rows; "
          + "per-label, chosen for each; argmax, only the most probable; or a number (default: ${DEFAULT-VALUE}).")
  private String threshold = "global";

  @Option(names = "--threshold-from", paramLabel = "P", defaultValue = "0.40",
      description = "The lowest global threshold that is tried (default: ${DEFAULT-VALUE}).")
  private double from;

  @Option(names = "--threshold-to", paramLabel = "P", defaultValue = "0.60",
      description = "The highest (default: ${DEFAULT-VALUE}).")
  private double to;

  @Option(names = "--threshold-step", paramLabel = "P", defaultValue = "0.01",
      description = "The distance between them (default: ${DEFAULT-VALUE}).")
  private double step;

  @Option(names = "--threshold-metric", paramLabel = "NAME", defaultValue = "micro_f1",
      description = "What a global threshold shall make high: micro_f1 or macro_f1 (default: ${DEFAULT-VALUE}).")
  private String metric = "micro_f1";

  @Option(names = "--at-least-one", description = "Give the nearest label to a text of which none reaches its threshold.")
  private boolean atLeastOne;

  @Option(names = "--decoding", paramLabel = "KIND", defaultValue = "best-path",
      description = "How a path is found: argmax, the most probable leaf; top-down, level by level; consistent, all nodes "
          + "that reach --node-threshold with all above them; best-path (default: ${DEFAULT-VALUE}).")
  private String decoding = "best-path";

  @Option(names = "--node-threshold", paramLabel = "P", defaultValue = "0.5",
      description = "Of consistent, and of top-down where a path may end early (default: ${DEFAULT-VALUE}).")
  private double nodeThreshold;

  /** The settings. */
  DecisionConfig config() {
    return new DecisionConfig(threshold, from, to, step, metric, atLeastOne, decoding, nodeThreshold);
  }
}
