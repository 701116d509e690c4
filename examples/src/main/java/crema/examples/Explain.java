package crema.examples;

import crema.classify.Classifier;
import crema.classify.Explanation;
import java.nio.file.Path;
import java.util.List;

/** Which words speak for a model's answer: {@code java … crema.examples.Explain}, beside a folder {@code models/offers}. */
public final class Explain {
  private Explain() {}

  /** Explains, and prints. */
  public static void main(String[] arguments) {
    try (Classifier classifier = Classifier.load(Path.of("models/offers"))) {
      Explanation explanation = classifier.explain(List.of("bosch serie 6 washing machine 9kg"), 1).getFirst();
      for (Explanation.LabelEvidence label : explanation.labels()) {
        for (Explanation.WordEvidence word : explanation.ranked(label)) {
          System.out.println(label.label() + ": " + word.word() + " " + word.evidence());
        }
      }
    }
  }
}
