package crema.cli;

import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.TypeConversionException;

/** What {@code crema train} can train, and which of its options matter to that. */
enum TrainedKind {
  ENCODER("encoder", 3, 3e-4, Set.of("FastText", "Linear", "Stages"), Set.of()),
  FAST_TEXT("fasttext", 10, 0.5, Set.of("Encoder", "Linear", "Loss", "Training", "Validation and checkpoints"),
      Set.of("--lowercase", "--epochs", "--learning-rate", "--seed", "--checkpoint-minutes", "--loss", "--focal-gamma",
          "--loss-scale", "--class-balanced-beta", "--class-balanced-mode", "--rebalance-alpha", "--rebalance-beta",
          "--rebalance-mu", "--negative-lambda", "--negative-kappa")),
  LINEAR("linear", 1, 1, Set.of("Encoder", "FastText", "Loss", "Training", "Answers", "Validation and checkpoints"),
      Set.of("--lowercase", "--class-weights", "--seed"));

  private final String flag;
  private final int epochs;
  private final double learningRate;
  private final Set<String> foreignSections;
  private final Set<String> exceptions;

  TrainedKind(String flag, int epochs, double learningRate, Set<String> foreignSections, Set<String> exceptions) {
    this.flag = flag;
    this.epochs = epochs;
    this.learningRate = learningRate;
    this.foreignSections = foreignSections;
    this.exceptions = exceptions;
  }

  /** How often it sees each row unless told otherwise. */
  int epochs() {
    return epochs;
  }

  /** Its learning rate unless told otherwise. */
  double learningRate() {
    return learningRate;
  }

  /** Whether an option of the command has an effect on such a model. */
  boolean heeds(OptionSpec option, CommandSpec command) {
    return exceptions.contains(option.longestName()) || command.mixins().entrySet().stream()
        .filter(section -> foreignSections.contains(section.getKey()))
        .noneMatch(section -> section.getValue().optionsMap().containsKey(option.longestName()));
  }

  /** As {@code --model} says it. */
  @Override
  public String toString() {
    return flag;
  }

  /** Reads what {@code --model} says. */
  static final class Flag implements ITypeConverter<TrainedKind> {
    @Override
    public TrainedKind convert(String flag) {
      return Arrays.stream(values()).filter(kind -> kind.flag.equals(flag)).findFirst()
          .orElseThrow(() -> new TypeConversionException("'" + flag + "' is not one of "
              + Arrays.stream(values()).map(TrainedKind::toString).collect(Collectors.joining(", "))));
    }
  }
}
