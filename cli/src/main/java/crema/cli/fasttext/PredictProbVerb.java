package crema.cli.fasttext;

import crema.cli.console.Terminal;
import crema.fasttext.FastText;
import crema.fasttext.Prediction;
import crema.fasttext.VectorText;
import java.io.IOException;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code predict-prob}: the most probable labels of each line and their probabilities. */
@Command(
    name = "predict-prob",
    mixinStandardHelpOptions = true,
    description = "Predicts the most probable labels of each line of a text, with their probabilities.")
final class PredictProbVerb extends Verb {
  private static final int DIGITS = 6;

  @Mixin
  private ModelAndText given = new ModelAndText();

  PredictProbVerb(Terminal terminal) {
    super(terminal);
  }

  @Override
  void run() throws IOException {
    FastText model = FastText.load(given.model);
    try (var text = open(given.file)) {
      model.newPredictor().predictLines(text, given.k, given.threshold,
          predictions -> terminal().out()
              .print(predictions.stream().map(PredictProbVerb::text).collect(Collectors.joining(" "))
                  + "\n"));
    }
  }

  private static String text(Prediction prediction) {
    return prediction.label() + " " + VectorText.format(prediction.probability(), DIGITS);
  }
}
