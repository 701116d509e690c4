package crema.cli.fasttext;

import crema.cli.console.Terminal;
import crema.fasttext.Evaluation;
import crema.fasttext.FastText;
import crema.fasttext.VectorText;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code test}: precision and recall over all labels. */
@Command(
    name = "test",
    mixinStandardHelpOptions = true,
    description = "Tests a classifier: the number of lines, precision and recall at K.")
final class TestVerb extends Verb {
  private static final int DIGITS = 3;

  @Mixin
  private ModelAndText given = new ModelAndText();

  TestVerb(Terminal terminal) {
    super(terminal);
  }

  @Override
  void run() throws IOException {
    FastText model = FastText.load(given.model);
    try (var text = open(given.file)) {
      Evaluation evaluation = model.test(text, given.k, given.threshold);
      terminal().out().print("N\t" + evaluation.examples() + "\n"
          + "P@" + given.k + "\t" + VectorText.format(evaluation.precision(), DIGITS) + "\n"
          + "R@" + given.k + "\t" + VectorText.format(evaluation.recall(), DIGITS) + "\n");
    }
  }
}
