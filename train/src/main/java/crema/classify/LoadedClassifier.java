package crema.classify;

import crema.base.OpenLock;
import crema.report.TellingWord;
import crema.task.Guarantee;
import crema.task.Target;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.SequencedCollection;

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
  public boolean readsPictures() {
    return model.readsPictures();
  }

  @Override
  public boolean readsText() {
    return model.readsText();
  }

  @Override
  public List<List<Prediction>> predict(List<String> texts, int k) {
    requirePositive(k);
    return lock.whileOpen(() -> model.predict(withoutBlanks(texts), k));
  }

  @Override
  public List<List<Prediction>> predict(SequencedCollection<Item> items, int k) {
    requirePositive(k);
    return lock.whileOpen(() -> model.predict(withoutBlankTexts(items), k));
  }

  @Override
  public List<List<Prediction>> answer(List<String> texts) {
    return lock.whileOpen(() -> model.answer(withoutBlanks(texts)));
  }

  @Override
  public List<List<Prediction>> answer(SequencedCollection<Item> items) {
    return lock.whileOpen(() -> model.answer(withoutBlankTexts(items)));
  }

  @Override
  public List<List<Prediction>> answer(List<String> texts, Guarantee guarantee) {
    return lock.whileOpen(() -> model.answer(withoutBlanks(texts), guarantee));
  }

  @Override
  public List<List<Prediction>> answer(SequencedCollection<Item> items, Guarantee guarantee) {
    return lock.whileOpen(() -> model.answer(withoutBlankTexts(items), guarantee));
  }

  @Override
  public float[][] probabilities(List<String> texts) {
    return lock.whileOpen(() -> model.probabilities(withoutBlanks(texts)));
  }

  @Override
  public float[][] probabilities(SequencedCollection<Item> items) {
    return lock.whileOpen(() -> model.probabilities(withoutBlankTexts(items)));
  }

  @Override
  public float[][] rawProbabilities(List<String> texts) {
    return lock.whileOpen(() -> model.rawProbabilities(withoutBlanks(texts)));
  }

  @Override
  public float[][] rawProbabilities(SequencedCollection<Item> items) {
    return lock.whileOpen(() -> model.rawProbabilities(withoutBlankTexts(items)));
  }

  @Override
  public float[][] logits(List<String> texts) {
    return lock.whileOpen(() -> model.logits(withoutBlanks(texts)));
  }

  @Override
  public float[][] logits(SequencedCollection<Item> items) {
    return lock.whileOpen(() -> model.logits(withoutBlankTexts(items)));
  }

  @Override
  public Explanation explain(String text, int[] labels) {
    String read = requireText(text).isBlank() ? "" : text;
    requireLabels(labels);
    return lock.whileOpen(() -> model.explain(read, labels));
  }

  @Override
  public Explanation explain(Item item, int[] labels) {
    Item read = withoutBlankText(item);
    requireLabels(labels);
    return lock.whileOpen(() -> model.explain(read, labels));
  }

  private void requireLabels(int[] labels) {
    for (int label : labels) {
      if (label < 0 || label >= model.labels().size()) {
        throw new IllegalArgumentException("there is no label " + label + ": they are numbered from 0 to "
            + (model.labels().size() - 1));
      }
    }
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
  public float[][] embed(SequencedCollection<Item> items) {
    return lock.whileOpen(() -> model.embed(withoutBlankTexts(items)));
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

  private static List<Item> withoutBlankTexts(SequencedCollection<Item> items) {
    return Objects.requireNonNull(items, "the list of items is null").stream()
        .map(LoadedClassifier::withoutBlankText).toList();
  }

  private static Item withoutBlankText(Item item) {
    return Objects.requireNonNull(item, "an item is null: one without text and picture has no label").text().isBlank()
        ? item.withText("") : item;
  }

  private static void requirePositive(int k) {
    if (k < 1) {
      throw new IllegalArgumentException("k must be at least 1, not " + k);
    }
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
