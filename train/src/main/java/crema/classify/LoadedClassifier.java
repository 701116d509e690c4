package crema.classify;

import crema.base.OpenLock;
import crema.report.TellingWord;
import crema.task.Guarantee;
import crema.task.Target;
import java.io.IOException;
import java.util.List;
import java.util.Objects;

/**
 * A classifier that was loaded: what all families promise is checked here, once. Blank texts are empty to the family,
 * and after {@link #close}, which waits for running calls, there are no answers.
 */
final class LoadedClassifier implements Classifier {
  private final Classifier model;
  private final OpenLock lock;

  /**
   * Wraps the classifier of a family.
   *
   * @param name of the model, for messages
   */
  LoadedClassifier(Classifier model, String name) {
    this.model = model;
    lock = new OpenLock("the classifier " + name);
  }

  /** Opens a model of whatever family. */
  static LoadedClassifier open(ModelSource model, ComputeOptions options) throws IOException {
    return new LoadedClassifier(ModelFamily.of(model).open(model, options), model.name());
  }

  @Override
  public Target target() {
    return model.target();
  }

  @Override
  public List<String> columns() {
    return model.columns();
  }

  @Override
  public List<List<Prediction>> predict(List<String> texts, int k) {
    if (k < 1) {
      throw new IllegalArgumentException("k must be at least 1, not " + k);
    }
    return lock.whileOpen(() -> model.predict(withoutBlanks(texts), k));
  }

  @Override
  public List<List<Prediction>> answer(List<String> texts) {
    return lock.whileOpen(() -> model.answer(withoutBlanks(texts)));
  }

  @Override
  public List<List<Prediction>> answer(List<String> texts, Guarantee guarantee) {
    return lock.whileOpen(() -> model.answer(withoutBlanks(texts), guarantee));
  }

  @Override
  public float[][] probabilities(List<String> texts) {
    return lock.whileOpen(() -> model.probabilities(withoutBlanks(texts)));
  }

  @Override
  public float[][] rawProbabilities(List<String> texts) {
    return lock.whileOpen(() -> model.rawProbabilities(withoutBlanks(texts)));
  }

  @Override
  public float[][] logits(List<String> texts) {
    return lock.whileOpen(() -> model.logits(withoutBlanks(texts)));
  }

  @Override
  public Explanation explain(String text, int[] labels) {
    String read = requireText(text).isBlank() ? "" : text;
    for (int label : labels) {
      if (label < 0 || label >= model.labels().size()) {
        throw new IllegalArgumentException("there is no label " + label + ": they are numbered from 0 to "
            + (model.labels().size() - 1));
      }
    }
    return lock.whileOpen(() -> model.explain(read, labels));
  }

  @Override
  public List<List<TellingWord>> tellingWords(int most) {
    if (most < 1) {
      throw new IllegalArgumentException("at least one word must be asked for, not " + most);
    }
    return lock.whileOpen(() -> model.tellingWords(most));
  }

  @Override
  public float[][] embed(List<String> texts) {
    return lock.whileOpen(() -> model.embed(withoutBlanks(texts)));
  }

  @Override
  public int length(String text) {
    return lock.whileOpen(() -> model.length(requireText(text)));
  }

  @Override
  public double operations(String text) {
    return lock.whileOpen(() -> model.operations(requireText(text)));
  }

  private static List<String> withoutBlanks(List<String> texts) {
    return Objects.requireNonNull(texts, "the list of texts is null").stream()
        .map(text -> requireText(text).isBlank() ? "" : text).toList();
  }

  private static String requireText(String text) {
    return Objects.requireNonNull(text, "a text is null: a blank one has no label");
  }

  /** Waits for running calls, and releases what the model holds. Closing again does nothing. */
  @Override
  public void close() {
    lock.close(model::close);
  }
}
