package crema.classify;

import crema.base.UserError;
import crema.task.Target;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A trained model that gives texts their labels. Safe for use by many threads at once.
 *
 * <pre>{@code
 * try (Classifier classifier = Classifier.load(Path.of("models/titles"))) {
 *   Prediction best = classifier.predict("bosch serie 6 washing machine 9kg");
 *   System.out.println(best.label() + " " + best.probability());
 * }
 * }</pre>
 */
public interface Classifier extends AutoCloseable {
  /**
   * Loads a model directory; it computes on the CPU with as many threads as there are processors.
   *
   * @throws UserError when the directory is not a model, is damaged, or is of a newer version
   */
  static Classifier load(Path directory) {
    return load(directory, ComputeOptions.DEFAULT);
  }

  /**
   * Loads a model directory.
   *
   * @param options where it computes, and with how many threads
   * @throws UserError when the directory is not a model, is damaged, or is of a newer version, or when there is no such
   *     device
   */
  static Classifier load(Path directory, ComputeOptions options) {
    var model = new ModelDirectory(directory);
    try {
      return ModelFamily.of(model).open(model, options);
    } catch (IOException e) {
      throw new UserError("the model in " + directory + " cannot be read: " + e.getMessage(), e);
    }
  }

  /** What the model predicts. */
  Target target();

  /** The names of the labels, by index; of a taxonomy, the paths of all nodes. */
  default List<String> labels() {
    return target().labels().names();
  }

  /**
   * The most probable label of a text.
   *
   * @throws IllegalArgumentException when the text is empty
   */
  default Prediction predict(String text) {
    List<Prediction> best = predict(List.of(text), 1).getFirst();
    if (best.isEmpty()) {
      throw new IllegalArgumentException("the text is empty: there is nothing to predict from");
    }
    return best.getFirst();
  }

  /**
   * The most probable labels of several texts, whatever the model's answer is.
   *
   * @param k how many labels for each text
   * @return for each text its labels, the most probable first; none for an empty text
   */
  default List<List<Prediction>> predict(List<String> texts, int k) {
    return Answers.of(this, texts).mostProbable(k);
  }

  /**
   * The labels that the model gives several texts: the most probable one, or all that reach their threshold, or the
   * path in its taxonomy.
   *
   * @return for each text its labels, the most probable first; none for an empty text
   */
  default List<List<Prediction>> answer(List<String> texts) {
    return Answers.of(this, texts).decided();
  }

  /**
   * The probability of every label for several texts: {@code [texts][labels]}. An empty text gets zeros.
   */
  default float[][] probabilities(List<String> texts) {
    return Answers.of(this, texts).probabilities();
  }

  /**
   * What probabilities and answers are made of: {@code [texts][labels]}. The row of an empty text has length 0.
   */
  float[][] logits(List<String> texts);

  /** The vector of a text: {@code [hiddenSize]}. */
  default float[] embed(String text) {
    return embed(List.of(text))[0];
  }

  /** The vectors of several texts: {@code [texts][hiddenSize]}. An empty text gets zeros. */
  float[][] embed(List<String> texts);

  @Override
  void close();
}
