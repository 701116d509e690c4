package crema.cli;

import crema.base.UserError;
import crema.classify.ModelArchive;
import crema.classify.ModelDirectory;
import crema.cli.console.Terminal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes a model to one file. */
@Command(
    name = "pack",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    abbreviateSynopsis = true,
    description = {
        "Writes a model to one file, a zip archive, which every command and Classifier.load take in place of the directory.",
        "It has what prediction and evaluation need, not the report and the logs of the training."
    },
    footer = {
        "",
        "Examples:",
        "  crema pack models/titles",
        "  crema predict models/titles.zip \"bosch serie 6 washing machine 9kg\""
    })
final class PackCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Parameters(paramLabel = "MODEL", description = "The model directory.")
  private Path model = Path.of("");

  @Option(names = {"-o", "--output"}, paramLabel = "FILE",
      description = "The archive to write (default: the directory's name with .zip).")
  private @Nullable Path output;

  @Option(names = "--overwrite", description = "Replace the archive if there is one.")
  private boolean overwrite;

  PackCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    Path directory = model.toAbsolutePath().normalize();
    Path file = output == null ? directory.resolveSibling(directory.getFileName() + ".zip") : output;
    if (Files.exists(file) && !overwrite) {
      throw new UserError(file + " exists already: choose another --output, or replace it with --overwrite");
    }
    ModelArchive.write(new ModelDirectory(model), file);
    terminal.out().println("Archive: " + (output == null ? model.resolveSibling(file.getFileName()) : output));
    return 0;
  }
}
