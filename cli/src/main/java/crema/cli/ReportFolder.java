package crema.cli;

import crema.base.UserError;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The folder that a command writes a report of several files to. */
final class ReportFolder {
  @Option(names = {"-o", "--output"}, paramLabel = "DIR", defaultValue = "report",
      description = "The folder to write the page and files to (default: ${DEFAULT-VALUE}).")
  private Path output = Path.of("report");

  /**
   * The folder.
   *
   * @throws UserError when it is a file, or a model, which has a report of its own
   */
  Path checked() {
    if (Files.exists(output) && !Files.isDirectory(output)) {
      throw new UserError(output + " is a file, not a folder: choose another --output");
    }
    if (Files.isRegularFile(output.resolve("config.json"))) {
      throw new UserError(output + " is a model: choose another --output");
    }
    return output;
  }
}
