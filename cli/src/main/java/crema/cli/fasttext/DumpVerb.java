package crema.cli.fasttext;

import crema.base.UserError;
import crema.cli.Terminal;
import crema.fasttext.FastText;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code dump}: what a model file holds, as text. */
@Command(
    name = "dump",
    mixinStandardHelpOptions = true,
    description = "Prints a part of a model file.")
final class DumpVerb extends Verb {
  @Parameters(index = "0", paramLabel = "MODEL", description = "The .bin or .ftz file.")
  private Path model = Path.of("");

  @Parameters(index = "1", paramLabel = "PART", description = "args, dict, input or output.")
  private String part = "";

  DumpVerb(Terminal terminal) {
    super(terminal);
  }

  @Override
  void run() throws IOException {
    FastText.Section section = switch (part) {
      case "args" -> FastText.Section.ARGS;
      case "dict" -> FastText.Section.DICT;
      case "input" -> FastText.Section.INPUT;
      case "output" -> FastText.Section.OUTPUT;
      default -> throw new UserError("'" + part + "' is no part of a model: use args, dict, input or output");
    };
    FastText.load(model).dump(section, terminal().out());
  }
}
