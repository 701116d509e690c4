package crema.examples;

import crema.classify.Classifier;
import crema.classify.Prediction;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Gatherers;
import java.util.stream.Stream;

/**
 * Scores a file of any length: {@code java … crema.examples.BatchScoring MODEL TEXTS OUTPUT}. A line of the output has the
 * label, its probability and the text. Batches bound the memory; they do not change an answer by a bit.
 */
public final class BatchScoring {
  private static final int BATCH = 256;

  private BatchScoring() {}

  /** Scores the file. */
  public static void main(String[] arguments) throws IOException {
    try (Classifier classifier = Classifier.load(Path.of(arguments[0]));
        Stream<String> texts = Files.lines(Path.of(arguments[1]));
        var output = new PrintWriter(Files.newBufferedWriter(Path.of(arguments[2])))) {
      texts.gather(Gatherers.windowFixed(BATCH)).forEach(batch -> {
        List<List<Prediction>> answers = classifier.predict(batch, 1);
        for (int i = 0; i < batch.size(); i++) {
          for (Prediction best : answers.get(i)) {
            output.printf("%s\t%.4f\t%s%n", best.label(), best.probability(), batch.get(i));
          }
        }
      });
    }
  }
}
