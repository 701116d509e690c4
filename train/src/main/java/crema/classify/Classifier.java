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

  /**
   * The most probable label of a text.
   *
   * @throws IllegalArgumentException when the text is blank
   */
  default Prediction predict(String text) {
    List<Prediction> best = predict(Collections.singletonList(text), 1).getFirst();
    if (best.isEmpty()) {
      throw new IllegalArgumentException("the text is blank: there is nothing to predict from");
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

  /**
   * The labels that the model gives several texts: the most probable one, or all that reach their threshold, or the
   * path in its taxonomy; if it was trained with a guarantee, what {@link #answer(List, Guarantee)} gives.
   *
   * @return for each text its labels, the most probable first; none for a blank text
   */
  default List<List<Prediction>> answer(List<String> texts) {
    return Answers.of(this, texts).decided();
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

  /**
   * The probability of every label for several texts: {@code [texts][labels]}. A blank text gets zeros.
   */
  default float[][] probabilities(List<String> texts) {
    return Answers.of(this, texts).probabilities();
  }

  /**
   * The same as the scores alone have it, before calibration.
   */
  default float[][] rawProbabilities(List<String> texts) {
    return Answers.of(this, texts).rawProbabilities();
  }

  /**
   * What probabilities and answers are made of: {@code [texts][labels]}. The row of a blank text has length 0.
   */
  float[][] logits(List<String> texts);

  /**
   * Which words of several texts speak for and against their most probable labels.
   *
   * @param k how many labels for each text, at least 1
   * @return one for each text; without words for a blank one
   * @throws IllegalArgumentException when k is below 1
   */
  default List<Explanation> explain(List<String> texts, int k) {
    return explain(texts, predict(texts, k).stream()
        .map(best -> best.stream().map(Prediction::label).toList()).toList());
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
    if (labels.size() != texts.size()) {
      throw new IllegalArgumentException(texts.size() + " texts, but labels for " + labels.size());
    }
    List<Explanation> explanations = new ArrayList<>();
    for (int i = 0; i < texts.size(); i++) {
      explanations.add(explain(texts.get(i), labels.get(i).stream().mapToInt(label -> {
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
    return new LeaveOut(this).explain(text, labels);
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
