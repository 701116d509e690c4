package crema.examples;

import crema.classify.Classifier;
import crema.classify.Prediction;
import java.nio.file.Path;
import java.util.List;

/** What an application does with a model: {@code java … crema.examples.Embed}, beside a folder {@code models/offers}. */
public final class Embed {
  private Embed() {}

  /** Predicts, and prints. */
  public static void main(String[] arguments) {
    List<String> titles = List.of("canon eos 4000d camera", "intel core i7 8700k");
    try (Classifier classifier = Classifier.load(Path.of("models/offers"))) {
      Prediction best = classifier.predict("bosch serie 6 washing machine 9kg");
      List<List<Prediction>> top3 = classifier.predict(titles, 3);
      float[] vector = classifier.embed("bosch serie 6 washing machine 9kg");
      System.out.println(best.label() + ", " + top3.size() + " more, " + vector.length + " features");
    }
  }
}
