package crema.cli;

import crema.base.UserError;
import crema.family.staged.StagesConfig;
import crema.task.DecisionConfig;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Whether several small models decide one after the other. */
final class StageOptions {
  @Option(names = "--two-stage", paramLabel = "LABEL",
      description = "Two models: whether a text has this catch-all label, and which of the others.")
  private @Nullable String catchAll;

  @Option(names = "--local-classifiers", description = "A model for each parent of a taxonomy, to tell its children apart.")
  private boolean local;

  /** The settings, if there are to be stages. */
  Optional<StagesConfig> config(DecisionConfig decision) {
    if (catchAll != null && local) {
      throw new UserError("--two-stage and --local-classifiers exclude each other");
    }
    return catchAll != null ? Optional.of(StagesConfig.twoStage(catchAll))
        : local ? Optional.of(StagesConfig.local(decision)) : Optional.empty();
  }
}
