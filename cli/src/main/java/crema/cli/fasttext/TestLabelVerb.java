package crema.cli.fasttext;

import crema.cli.console.Terminal;
import crema.fasttext.Evaluation;
import crema.fasttext.FastText;
import java.io.IOException;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code test-label}: F1, precision and recall of each label, then over all. */
@Command(
    name = "test-label",
    mixinStandardHelpOptions = true,
    description = "Tests a classifier label by label: F1, precision and recall.")
final class TestLabelVerb extends Verb {
  @Mixin
  private ModelAndText given = new ModelAndText();

  TestLabelVerb(Terminal terminal) {
    super(terminal);
  }

  @Override
  void run() throws IOException {
    FastText model = FastText.load(given.model);
    try (var text = open(given.file)) {
      Evaluation evaluation = model.test(text, given.k, given.threshold);
      for (int label = 0; label < evaluation.labels().size(); label++) {
        terminal().out().print("F1-Score : " + ofLabel(evaluation.f1(label))
            + "  Precision : " + ofLabel(evaluation.precision(label))
            + "  Recall : " + ofLabel(evaluation.recall(label))
            + "   " + evaluation.labels().get(label) + "\n");
      }
      terminal().out().print("N\t" + evaluation.examples() + "\n"
          + "P@" + given.k + "\t" + ofAll(evaluation.precision()) + "\n"
          + "R@" + given.k + "\t" + ofAll(evaluation.recall()) + "\n");
    }
  }

  private static String ofLabel(double value) {
    return Double.isNaN(value) ? "--------" : String.format(Locale.ROOT, "%.6f", value);
  }

  private static String ofAll(double value) {
    return Double.isNaN(value) ? "nan" : String.format(Locale.ROOT, "%.3f", value);
  }
}
