package crema.cli.fasttext;

import crema.cli.console.Terminal;
import crema.fasttext.FastText;
import crema.fasttext.NgramVector;
import crema.fasttext.VectorText;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code print-ngrams}: the parts of a word and their vectors. */
@Command(
    name = "print-ngrams",
    mixinStandardHelpOptions = true,
    description = "Prints a word and its character n-grams, each with its vector.")
final class PrintNgramsVerb extends Verb {
  @Parameters(index = "0", paramLabel = "MODEL", description = "The .bin or .ftz file.")
  private Path model = Path.of("");

  @Parameters(index = "1", paramLabel = "WORD", description = "Any word, known or not.")
  private String word = "";

  PrintNgramsVerb(Terminal terminal) {
    super(terminal);
  }

  @Override
  void run() throws IOException {
    for (NgramVector part : FastText.load(model).ngramVectors(word)) {
      terminal().out().print(part.ngram() + " " + VectorText.format(part.vector()) + "\n");
    }
  }
}
