package crema.classify;

import java.util.List;

/**
 * A label for a text.
 *
 * @param label the label's name
 * @param probability how sure the model is, from 0 to 1; over all labels of a text they sum to 1
 */
public record Prediction(String label, double probability) {
  /** The labels alone of the predictions of several texts. */
  static List<List<String>> labels(List<List<Prediction>> predictions) {
    return predictions.stream().map(of -> of.stream().map(Prediction::label).toList()).toList();
  }
}
