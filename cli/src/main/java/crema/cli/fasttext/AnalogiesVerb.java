package crema.cli.fasttext;

import crema.cli.console.Terminal;
import crema.fasttext.FastText;
import crema.fasttext.WordIndex;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code analogies}: the words most similar to a - b + c, for each three words of standard input. */
@Command(
    name = "analogies",
    mixinStandardHelpOptions = true,
    description = "Asks for words A, B and C, and shows what is to C as A is to B.")
final class AnalogiesVerb extends Verb {
  private static final String PROMPT = "Query triplet (A - B + C)? ";

  @Mixin
  private WordSearch search = new WordSearch();

  AnalogiesVerb(Terminal terminal) {
    super(terminal);
  }

  @Override
  void run() throws IOException {
    terminal().out().print("Loading model " + search.model + "\n");
    WordIndex index = FastText.load(search.model).wordIndex();
    try (var text = input()) {
      terminal().out().print(PROMPT);
      String a = text.nextWord();
      String b = text.nextWord();
      String c = text.nextWord();
      // The original goes on for ever with the last three words.
      while (a != null && b != null && c != null) {
        WordSearch.show(index.analogies(a, b, c, search.k), terminal().out());
        terminal().out().print(PROMPT);
        a = text.nextWord();
        b = text.nextWord();
        c = text.nextWord();
      }
    }
  }
}
