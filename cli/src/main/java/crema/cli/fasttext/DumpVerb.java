package crema.cli.fasttext;

import crema.base.Keyed;
import crema.cli.console.Terminal;
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
    FastText.Section section = Keyed.find(FastText.Section.class, part, "the part of a model");
    FastText.load(model).dump(section, terminal().out());
  }
}
