package crema.cli.fasttext;

import crema.cli.console.Terminal;
import crema.fasttext.FastText;
import crema.fasttext.Prediction;
import java.io.IOException;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code predict}: the most probable labels of each line. */
@Command(
    name = "predict",
    mixinStandardHelpOptions = true,
    description = "Predicts the most probable labels of each line of a text.")
final class PredictVerb extends Verb {
  @Mixin
  private ModelAndText given = new ModelAndText();

  PredictVerb(Terminal terminal) {
    super(terminal);
  }

  @Override
  void run() throws IOException {
    FastText model = FastText.load(given.model);
    try (var text = open(given.file)) {
      model.newPredictor().predictLines(text, given.k, given.threshold, predictions -> terminal().out()
          .print(predictions.stream().map(Prediction::label).collect(Collectors.joining(" ")) + "\n"));
    }
  }
}
