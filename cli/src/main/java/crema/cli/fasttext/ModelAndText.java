package crema.cli.fasttext;

import java.nio.file.Path;
import picocli.CommandLine.Parameters;

/** The arguments of the verbs that predict: {@code MODEL FILE [K] [THRESHOLD]}. */
final class ModelAndText {
  @Parameters(index = "0", paramLabel = "MODEL", description = "The .bin or .ftz file.")
  Path model = Path.of("");

  @Parameters(index = "1", paramLabel = "FILE", description = "The text, a line an example; - for standard input.")
  String file = "-";

  @Parameters(index = "2", arity = "0..1", paramLabel = "K", defaultValue = "1",
      description = "Labels for a line; -1 for all (default: ${DEFAULT-VALUE}).")
  int k;

  @Parameters(index = "3", arity = "0..1", paramLabel = "THRESHOLD", defaultValue = "0",
      description = "The least probability (default: ${DEFAULT-VALUE}).")
  float threshold;
}
