package crema.cli;

import crema.base.FileTree;
import crema.base.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The folder that a command writes a model to, which is there whole or not at all. */
final class OutputFolder {
  @Option(names = {"-o", "--output"}, paramLabel = "DIR", required = true, description = "The folder to write.")
  private Path output = Path.of("");

  @Option(names = "--overwrite", description = "Replace the model in the folder if there is one.")
  private boolean overwrite;

  /** The folder as it was given. */
  Path path() {
    return output;
  }

  /**
   * Writes the folder.
   *
   * @param source what is read meanwhile, which the folder must not be
   * @throws UserError when it holds something that is not to be replaced
   */
  void write(Path source, FileTree.Content content) throws IOException {
    if (Files.exists(output) && Files.exists(source) && Files.isSameFile(output, source)) {
      throw new UserError(output + " is the model itself: choose another --output");
    }
    if (!FileTree.isFree(output)) {
      if (!Files.isRegularFile(output.resolve("config.json"))) {
        throw new UserError(output + " exists already and is no model: choose another --output");
      }
      if (!overwrite) {
        throw new UserError(output + " exists already: choose another --output, or replace it with --overwrite");
      }
    }
    FileTree.write(output, content);
  }
}
