package crema.cli;

import crema.classify.ModelInfo;
import crema.classify.ModelSource;
import crema.cli.console.Terminal;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Describes a model. */
@Command(
    name = "info",
    mixinStandardHelpOptions = true,
    description = "Describes a model: its network, labels, tokenizer, and where it comes from.",
    footer = {"", "Example:", "  crema info models/titles"})
final class InfoCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Parameters(paramLabel = "MODEL", description = "The model: a directory or an archive.")
  private Path model = Path.of("");

  InfoCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    var summary = ModelSource.read(model, ModelInfo::of);
    int width = summary.facts().keySet().stream().mapToInt(String::length).max().orElse(0);
    summary.facts()
        .forEach((name, value) -> terminal.out().println(name + " ".repeat(width - name.length() + 2) + value));
    return 0;
  }
}
