package crema.cli.fasttext;

import crema.cli.console.Terminal;
import crema.fasttext.FastText;
import crema.fasttext.VectorText;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code print-word-vectors}: the vector of each word of standard input. */
@Command(
    name = "print-word-vectors",
    mixinStandardHelpOptions = true,
    description = "Prints the vector of each word of standard input.")
final class PrintWordVectorsVerb extends Verb {
  @Parameters(paramLabel = "MODEL", description = "The .bin or .ftz file.")
  private Path model = Path.of("");

  PrintWordVectorsVerb(Terminal terminal) {
    super(terminal);
  }

  @Override
  void run() throws IOException {
    FastText vectors = FastText.load(model);
    try (var text = input()) {
      for (String word = text.nextWord(); word != null; word = text.nextWord()) {
        terminal().out().print(word + " " + VectorText.format(vectors.wordVector(word)) + "\n");
      }
    }
  }
}
