package crema.cli;

import crema.cli.console.Terminal;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Commands about data before a model is trained on it. */
@Command(name = "data", mixinStandardHelpOptions = true,
    description = "Shows what becomes of raw rows, explores files of any kind, and builds training data from published "
        + "archives.",
    synopsisSubcommandLabel = "COMMAND")
final class DataCommand implements Runnable {
  private final Terminal terminal;

  @Spec
  private @Nullable CommandSpec spec;

  private DataCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  /** The command, with those below it. */
  static CommandLine line(Terminal terminal) {
    return new CommandLine(new DataCommand(terminal))
        .addSubcommand("preview", PreviewCommand.line(terminal))
        .addSubcommand(new DiscoverCommand(terminal))
        .addSubcommand(new LspcCommand(terminal))
        .addSubcommand(new LspcSampleCommand(terminal))
        .addSubcommand(new MarketplaceSampleCommand(terminal));
  }

  /** Without a command: the help. */
  @Override
  public void run() {
    Objects.requireNonNull(spec).commandLine().usage(terminal.out());
  }
}
