package crema.examples;

import crema.classify.Classifier;
import crema.classify.Item;
import crema.classify.Prediction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What an application does with a model that reads texts and pictures, in the folder {@code models/both}. */
public final class AskWithPicture {
  private AskWithPicture() {}

  /** Predicts, and prints. */
  public static void main(String[] arguments) throws IOException {
    byte[] bytes = Files.readAllBytes(Path.of("photos/2.png"));
    try (Classifier classifier = Classifier.load(Path.of("models/both"))) {
      Item item = Item.of("bosch serie 6 washing machine 9kg", Path.of("photos/1.png"));
      Prediction best = classifier.predict(item);
      List<List<Prediction>> top3 = classifier.predict(List.of(item, Item.picture(bytes)), 3);
      System.out.println(best.label() + ", " + top3.size() + " more");
    }
  }
}
