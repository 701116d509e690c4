package crema.cli.fasttext;

import crema.fasttext.Similarity;
import crema.fasttext.VectorText;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Parameters;

/** The arguments of the verbs that search for words, {@code MODEL [K]}, and how they show what they found. */
final class WordSearch {
  private static final int DIGITS = 6;

  @Parameters(index = "0", paramLabel = "MODEL", description = "The .bin or .ftz file.")
  Path model = Path.of("");

  @Parameters(index = "1", arity = "0..1", paramLabel = "K", defaultValue = "10",
      description = "Words for each answer (default: ${DEFAULT-VALUE}).")
  int k;

  /** Shows an answer, a word a line. */
  static void show(List<Similarity> words, PrintStream out) {
    for (Similarity similar : words) {
      out.print(similar.word() + " " + VectorText.format(similar.cosine(), DIGITS) + "\n");
    }
  }
}
