package crema.cli.fasttext;

import crema.cli.console.Terminal;
import crema.fasttext.FastText;
import crema.fasttext.WordIndex;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code nn}: the words most similar to each word of standard input. */
@Command(
    name = "nn",
    mixinStandardHelpOptions = true,
    description = "Asks for words, and shows those most similar to each.")
final class NearestNeighboursVerb extends Verb {
  private static final String PROMPT = "Query word? ";

  @Mixin
  private WordSearch search = new WordSearch();

  NearestNeighboursVerb(Terminal terminal) {
    super(terminal);
  }

  @Override
  void run() throws IOException {
    WordIndex index = FastText.load(search.model).wordIndex();
    try (var text = input()) {
      terminal().out().print(PROMPT);
      for (String word = text.nextWord(); word != null; word = text.nextWord()) {
        WordSearch.show(index.nearest(word, search.k), terminal().out());
        terminal().out().print(PROMPT);
      }
    }
  }
}
