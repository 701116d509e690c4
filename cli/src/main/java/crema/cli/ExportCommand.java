package crema.cli;

import crema.classify.ModelFamily;
import crema.classify.ModelSource;
import crema.cli.console.Terminal;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Writes a model in the form of Hugging Face's libraries. */
@Command(
    name = "export",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    abbreviateSynopsis = true,
    description = {
        "Writes a model as a folder that from_pretrained of Transformers and sentence-transformers read: config.json with "
            + "the names of the labels, weights, tokenizer, modules.",
        "It computes the same there. Says what the folder holds, and what only Crema can do."
    },
    footer = {
        "",
        "Examples:",
        "  crema export models/titles --output exported/titles",
        "  crema embed --encoder exported/titles \"bosch serie 6 washing machine 9kg\""
    })
final class ExportCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Parameters(paramLabel = "MODEL", description = "A model directory, or an archive that crema pack wrote.")
  private Path model = Path.of("");

  @Mixin
  private OutputFolder output = new OutputFolder();

  ExportCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    output.write(model, folder -> ModelSource.read(model, source -> ModelFamily.of(source).export(source, folder))
        .forEach(terminal.out()::println));
    terminal.out().println("Folder: " + output.path());
    return 0;
  }
}
