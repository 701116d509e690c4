package crema.classify;

import crema.base.NearestName;
import crema.base.UserError;
import crema.data.FieldText;
import crema.data.Row;
import crema.report.TellingWord;
import crema.task.Guarantee;
import crema.task.Target;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SequencedCollection;

/**
 * A trained model that gives texts their labels. Safe for use by many threads at once, virtual ones too. A blank text
 * has no label; a text or a list that is null is a {@link NullPointerException}, and any other argument that is not as it
 * must be an {@link IllegalArgumentException}. A text may be of any length and hold any {@code char}s: a model that reads so
 * many tokens alone reads the first, and an unpaired surrogate is read like U+FFFD or is no part of any word. An interrupt
 * is not answered: the call ends, and the thread stays interrupted. Whatever else is thrown, such as an
 * {@link OutOfMemoryError}, leaves it as it was. Once it is closed, which waits for running calls, every call is an
 * {@link IllegalStateException}; what it is, its labels and columns, can still be read. All of this holds of every family.
 *
 * <pre>{@code
 * try (Classifier classifier = Classifier.load(Path.of("models/titles"))) {
 *   Prediction best = classifier.predict("bosch serie 6 washing machine 9kg");
 *   System.out.println(best.label() + " " + best.probability());
 * }
 * }</pre>
 *
 * <p>Whatever can be asked of texts can be asked of {@link Item}s, which may have pictures. A model that {@linkplain
 * #readsPictures reads no pictures} answers the text alone, as if there were no picture; one that {@linkplain #readsText
 * reads no text} answers the picture alone. An item without anything that the model reads is as a blank text is: without
 * labels. So is one whose picture cannot be read to a model that has nothing else to go by.
 */
public interface Classifier extends AutoCloseable {
  /**
   * Loads a model; it computes on the CPU with as many threads as there are processors.
   *
   * @param model a model directory, or an archive that {@code crema pack} wrote
   * @throws UserError when it is not a model, is damaged, or is of a newer version
   */
  static Classifier load(Path model) {
    return load(model, ComputeOptions.DEFAULT);
  }

  /**
   * Loads a model.
   *
   * @param model a model directory, or an archive that {@code crema pack} wrote
   * @param options where it computes, and with how many threads
   * @throws UserError when it is not a model, is damaged, or is of a newer version, or when there is no such device
   */
  static Classifier load(Path model, ComputeOptions options) {
    try {
      return ModelSource.read(model, source -> LoadedClassifier.open(source, options));
    } catch (IOException e) {
      throw new UserError("the model in " + model + " cannot be read: " + e.getMessage(), e);
    }
  }

  /**
   * Loads a task of a model that has several.
   *
   * @param model a model directory, or an archive that {@code crema pack} wrote
   * @param task the name of the task
   * @param options where it computes, and with how many threads
   * @throws UserError when it is not a model, is damaged, is of a newer version, or has no such task
   */
  static Classifier load(Path model, String task, ComputeOptions options) {
    try {
      return ModelSource.read(model, source -> LoadedClassifier.open(source.task(task), options));
    } catch (IOException e) {
      throw new UserError("the model in " + model + " cannot be read: " + e.getMessage(), e);
    }
  }

  /**
   * Loads a model from an archive that comes from anywhere.
   *
   * @param archive what {@code crema pack} wrote; read to its end and not closed
   * @param options where it computes, and with how many threads
   * @throws UserError when it is not a model, is damaged, or is of a newer version, or when there is no such device
   */
  static Classifier load(InputStream archive, ComputeOptions options) {
    return load(archive, "the archive", options);
  }

  /**
   * Loads a model from an archive on the class path or the module path.
   *
   * @param neighbour a class beside which the resource is, as in {@link Class#getResourceAsStream}; of a module, the
   *     resource is not in a package or its package is open
   * @param resource the name of an archive that {@code crema pack} wrote
   * @param options where it computes, and with how many threads
   * @throws UserError when there is none, it is not a model, is damaged, or is of a newer version, or when there is no
   *     such device
   */
  static Classifier load(Class<?> neighbour, String resource, ComputeOptions options) {
    try (InputStream in = neighbour.getResourceAsStream(resource)) {
      if (in == null) {
        throw new UserError("there is no resource " + resource + " beside " + neighbour.getName()
            + "; a name that begins with / is that of the whole path");
      }
      return load(in, "the resource " + resource, options);
    } catch (IOException e) {
      throw new UserError("the resource " + resource + " cannot be read: " + e.getMessage(), e);
    }
  }

  private static Classifier load(InputStream in, String name, ComputeOptions options) {
    try (ModelArchive archive = ModelArchive.read(name, in)) {
      return LoadedClassifier.open(archive.root(), options);
    } catch (IOException e) {
      throw new UserError(name + " cannot be read: " + e.getMessage(), e);
    }
  }

  /** What the model predicts. */
  Target target();

  /** The names of the labels, by index; of a taxonomy, the paths of all nodes. */
  default List<String> labels() {
    return target().labels().names();
  }

  /**
   * The text columns that the model tells apart, in their order; none if a text is all that it reads. The text of a row
   * of such a model is what {@link FieldText#of(List)} makes of its columns; any other text is the first column.
   */
  default List<String> columns() {
    return List.of();
  }

  /** The text of a row as the model reads it. */
  default String text(Row row) {
    return columns().isEmpty() ? row.text() : FieldText.of(row);
  }

  /** A row as the model reads it. */
  default Item item(Row row) {
    return Item.of(row, text(row));
  }

  /** Whether the pictures of items make a difference; if not, they are ignored. */
  default boolean readsPictures() {
    return false;
  }

  /** Whether the texts of items make a difference; if not, they are ignored. */
  default boolean readsText() {
    return true;
  }

  /**
   * The most probable label of a text.
   *
   * @throws IllegalArgumentException when the text is blank
   */
  default Prediction predict(String text) {
    List<Prediction> best = predict(Collections.singletonList(text), 1).getFirst();
    if (best.isEmpty()) {
      throw new IllegalArgumentException(readsText() ? "the text is blank: there is nothing to predict from"
          : "there is no picture, and the model reads nothing else: there is nothing to predict from");
    }
    return best.getFirst();
  }

  /**
   * The most probable label of an item.
   *
   * @throws IllegalArgumentException when it has nothing that the model reads
   */
  default Prediction predict(Item item) {
    List<Prediction> best = predict(Collections.singletonList(item), 1).getFirst();
    if (best.isEmpty()) {
      throw new IllegalArgumentException(
          "the item has no " + (readsText() ? readsPictures() ? "text and no picture" : "text"
              : "picture") + " that the model can read: there is nothing to predict from");
    }
    return best.getFirst();
  }

  /**
   * The most probable labels of several texts, whatever the model's answer is.
   *
   * @param k how many labels for each text, at least 1; all if there are fewer, of a taxonomy those at which a path may end
   * @return for each text its labels, the most probable first; none for a blank text
   * @throws IllegalArgumentException when k is below 1
   */
  default List<List<Prediction>> predict(List<String> texts, int k) {
    return Answers.of(this, texts).mostProbable(k);
  }

  /** The same of items, in their order. */
  default List<List<Prediction>> predict(SequencedCollection<Item> items, int k) {
    return readsPictures() ? Answers.of(this, items).mostProbable(k) : predict(Item.texts(items), k);
  }

  /**
   * The labels that the model gives several texts: the most probable one, or all that reach their threshold, or the
   * path in its taxonomy; if it was trained with a guarantee, what {@link #answer(List, Guarantee)} gives.
   *
   * @return for each text its labels, the most probable first; none for a blank text
   */
  default List<List<Prediction>> answer(List<String> texts) {
    return Answers.of(this, texts).decided();
  }

  /** The same of items, in their order. */
  default List<List<Prediction>> answer(SequencedCollection<Item> items) {
    return readsPictures() ? Answers.of(this, items).decided() : answer(Item.texts(items));
  }

  /**
   * The labels of several texts such that a guarantee holds for texts like the validation rows of the training: of a
   * precision the label that is sure enough, the deepest such node of a taxonomy, or all such labels where a text may have
   * several; of a coverage a set.
   *
   * @return for each text its labels, the most probable first; none for a blank text, and where none is sure enough
   * @throws UserError when the guarantee cannot be given, which says how far one gets
   */
  default List<List<Prediction>> answer(List<String> texts, Guarantee guarantee) {
    return Answers.of(this, texts).decided(guarantee);
  }

  /** The same of items, in their order. */
  default List<List<Prediction>> answer(SequencedCollection<Item> items, Guarantee guarantee) {
    return readsPictures() ? Answers.of(this, items).decided(guarantee) : answer(Item.texts(items), guarantee);
  }

  /**
   * The probability of every label for several texts: {@code [texts][labels]}. A blank text gets zeros.
   */
  default float[][] probabilities(List<String> texts) {
    return Answers.of(this, texts).probabilities();
  }

  /** The same of items, in their order. */
  default float[][] probabilities(SequencedCollection<Item> items) {
    return readsPictures() ? Answers.of(this, items).probabilities() : probabilities(Item.texts(items));
  }

  /**
   * The same as the scores alone have it, before calibration.
   */
  default float[][] rawProbabilities(List<String> texts) {
    return Answers.of(this, texts).rawProbabilities();
  }

  /** The same of items, in their order. */
  default float[][] rawProbabilities(SequencedCollection<Item> items) {
    return readsPictures() ? Answers.of(this, items).rawProbabilities() : rawProbabilities(Item.texts(items));
  }

  /**
   * What probabilities and answers are made of: {@code [texts][labels]}. The row of a blank text has length 0.
   */
  float[][] logits(List<String> texts);

  /** The same of items, in their order; unless a family reads pictures, of their texts. */
  default float[][] logits(SequencedCollection<Item> items) {
    return logits(Item.texts(items));
  }

  /**
   * Which words of several texts speak for and against their most probable labels.
   *
   * @param k how many labels for each text, at least 1
   * @return one for each text; without words for a blank one
   * @throws IllegalArgumentException when k is below 1
   */
  default List<Explanation> explain(List<String> texts, int k) {
    return explain(texts, Prediction.labels(predict(texts, k)));
  }

  /** The same of the texts of items, beside their pictures. */
  default List<Explanation> explain(SequencedCollection<Item> items, int k) {
    return explain(items, Prediction.labels(predict(items, k)));
  }

  /**
   * Which words of several texts speak for and against labels.
   *
   * @param labels for each text those that are to be explained
   * @return one for each text; without words for a blank one
   * @throws IllegalArgumentException when there are not labels for each text
   * @throws UserError when the model does not have a label
   */
  default List<Explanation> explain(List<String> texts, List<List<String>> labels) {
    return explain(Item.ofTexts(texts), labels);
  }

  /** The same of the texts of items, beside their pictures. */
  default List<Explanation> explain(SequencedCollection<Item> items, List<List<String>> labels) {
    if (labels.size() != items.size()) {
      throw new IllegalArgumentException(items.size() + " texts, but labels for " + labels.size());
    }
    List<Explanation> explanations = new ArrayList<>();
    for (Item item : items) {
      explanations.add(explain(item, labels.get(explanations.size()).stream().mapToInt(label -> {
        int index = target().labels().indexOf(label);
        if (index < 0) {
          throw new UserError("the model has no label '" + label + "'" + NearestName.suggestion(label, labels()));
        }
        return index;
      }).toArray()));
    }
    return explanations;
  }

  /**
   * Which words of a text speak for and against labels: unless a family can say it exactly, found by leaving words out.
   *
   * @param labels numbers of labels
   * @throws IllegalArgumentException when there is no such label
   */
  default Explanation explain(String text, int[] labels) {
    return new LeaveOut(this).explain(Item.of(text), labels);
  }

  /** The same of the text of an item, beside its picture. */
  default Explanation explain(Item item, int[] labels) {
    return readsPictures() ? new LeaveOut(this).explain(item, labels) : explain(item.text(), labels);
  }

  /**
   * Which words speak for each label the most, in whatever text they stand.
   *
   * @param most how many for each label, at least 1
   * @return for each label its words, the strongest first; empty for a model that does not weigh words by themselves
   * @throws IllegalArgumentException when {@code most} is below 1
   */
  default List<List<TellingWord>> tellingWords(int most) {
    return List.of();
  }

  /**
   * The vector of a text: {@code [hiddenSize]}.
   *
   * @throws UserError when the model has no vectors of texts, as a linear one over words alone
   */
  default float[] embed(String text) {
    return embed(Collections.singletonList(text))[0];
  }

  /**
   * The vectors of several texts: {@code [texts][hiddenSize]}. A blank text gets zeros.
   *
   * @throws UserError when the model has no vectors of texts, as a linear one over words alone
   */
  float[][] embed(List<String> texts);

  /**
   * The vector of an item: {@code [hiddenSize]}.
   *
   * @throws UserError when the model has no vectors, as a linear one over words alone
   */
  default float[] embed(Item item) {
    return embed(Collections.singletonList(item))[0];
  }

  /** The vectors of several items, in their order; unless a family reads pictures, of their texts. */
  default float[][] embed(SequencedCollection<Item> items) {
    return embed(Item.texts(items));
  }

  /** How much of a text the model reads: its tokens, special ones included, or its words if the model has no tokens. */
  default int length(String text) {
    return (int) Arrays.stream(text.strip().split("\\s+")).filter(word -> !word.isEmpty()).count();
  }

  /**
   * How many additions and multiplications an answer to a text takes, about: to compare models by without a clock. Unless
   * a family says otherwise, those of a weight a word and label.
   */
  default double operations(String text) {
    return 2.0 * length(text) * labels().size();
  }

  /** Releases the model's memory and ends its threads. */
  @Override
  void close();
}
