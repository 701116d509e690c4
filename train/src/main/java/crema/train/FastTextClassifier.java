package crema.train;

import crema.data.LabelSet;
import crema.nn.fasttext.FastText;
import crema.nn.fasttext.Fields;
import crema.nn.fasttext.Predictor;
import crema.nn.fasttext.Task;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.IntStream;

/** A {@link Classifier} with a fastText model. */
final class FastTextClassifier implements Classifier {
  private static final int ALL = -1;
  /** Of a label whose probability is 0. */
  private static final float LEAST_LOGIT = -100;

  private final FastText model;
  private final FastTextTrainingConfig.Text reading;
  private final Fields fields;
  private final Target target;
  private final LabelSet labels;
  private final Map<String, Integer> indices = new HashMap<>();
  private final int threads;

  FastTextClassifier(FastText model, FastTextTrainingConfig.Text reading, Target target, int threads) {
    this.model = model;
    this.reading = reading;
    this.fields = reading.fields();
    this.target = target;
    this.labels = target.labels();
    this.threads = threads;
    IntStream.range(0, labels.size()).forEach(i -> indices.put(fields.encodeLabel(labels.name(i)), i));
  }

  static FastTextClassifier load(ModelDirectory directory, int threads) throws IOException {
    FastText model = FastText.load(directory.fastText());
    var classifier = new FastTextClassifier(
        model, FastTextDescription.read(directory), TargetFile.read(directory), threads);
    if (model.config().task() != Task.SUPERVISED || !classifier.indices.keySet().containsAll(model.labels())) {
      throw new TrainingException(directory.path() + ": labels.json has other labels than model.bin: the files are of "
          + "different models");
    }
    return classifier;
  }

  /** A row as a line of fastText's training text. */
  static String line(FastTextTrainingConfig.Text reading, String label, String text) {
    return reading.fields().line(List.of(label), List.of(cased(reading, text)));
  }

  private static String cased(FastTextTrainingConfig.Text reading, String text) {
    return reading.lowercase() ? text.toLowerCase(Locale.ROOT) : text;
  }

  private String words(String text) {
    return fields.text(List.of(cased(reading, text)));
  }

  private int index(String token) {
    return Objects.requireNonNull(indices.get(token));
  }

  @Override
  public Target target() {
    return target;
  }

  @Override
  public List<List<Prediction>> predict(List<String> texts, int k) {
    return forEach(texts, predictor -> text -> predict(predictor, text, k));
  }

  private List<Prediction> predict(Predictor predictor, String text, int k) {
    String words = words(text);
    if (words.isEmpty()) {
      return List.of();
    }
    return predictor.predict(words, k, 0f).stream()
        .map(best -> new Prediction(labels.name(index(best.label())), Math.min(1, best.probability())))
        .toList();
  }

  @Override
  public float[][] logits(List<String> texts) {
    return forEach(texts, predictor -> text -> {
      String words = words(text);
      if (words.isEmpty()) {
        return new float[0];
      }
      var row = new float[labels.size()];
      Arrays.fill(row, LEAST_LOGIT);
      predictor.predict(words, ALL, 0f).forEach(best -> row[index(best.label())] = logit(best.probability()));
      return row;
    }).toArray(float[][]::new);
  }

  /** The logarithm of a probability, whose softmax is the probability again. */
  private static float logit(float probability) {
    return Math.max((float) Math.log(Math.min(1, probability)), LEAST_LOGIT);
  }

  @Override
  public float[][] embed(List<String> texts) {
    return texts.stream()
        .map(this::words)
        .map(words -> words.isEmpty() ? new float[model.dim()] : model.sentenceVector(words))
        .toArray(float[][]::new);
  }

  /** Answers for all texts in order, each thread with a predictor of its own. */
  private <T> List<T> forEach(List<String> texts, Function<Predictor, Function<String, T>> answer) {
    int parts = Math.min(threads, texts.size());
    var ranges = IntStream.range(0, parts);
    return (parts > 1 ? ranges.parallel() : ranges)
        .mapToObj(part -> {
          Function<String, T> answers = answer.apply(model.newPredictor());
          var answered = new ArrayList<T>();
          int end = (int) ((part + 1L) * texts.size() / parts);
          for (int i = (int) ((long) part * texts.size() / parts); i < end; i++) {
            answered.add(answers.apply(texts.get(i)));
          }
          return answered;
        })
        .flatMap(List::stream)
        .toList();
  }

  /** There is nothing to release. */
  @Override
  public void close() {}
}
