package crema.cli.fasttext;

import crema.cli.console.Terminal;
import crema.fasttext.FastText;
import crema.fasttext.VectorText;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code print-sentence-vectors}: the vector of each line of standard input. */
@Command(
    name = "print-sentence-vectors",
    mixinStandardHelpOptions = true,
    description = "Prints the vector of each line of standard input.")
final class PrintSentenceVectorsVerb extends Verb {
  @Parameters(paramLabel = "MODEL", description = "The .bin or .ftz file.")
  private Path model = Path.of("");

  PrintSentenceVectorsVerb(Terminal terminal) {
    super(terminal);
  }

  @Override
  void run() throws IOException {
    FastText vectors = FastText.load(model);
    try (var text = input()) {
      for (String line = text.nextLine(); line != null; line = text.nextLine()) {
        terminal().out().print(VectorText.format(vectors.sentenceVector(line)) + "\n");
      }
    }
  }
}
