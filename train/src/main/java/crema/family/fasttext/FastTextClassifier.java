package crema.family.fasttext;

import crema.base.UserError;
import crema.base.WorkerPool;
import crema.classify.Classifier;
import crema.classify.Explanation;
import crema.classify.ModelSource;
import crema.classify.Prediction;
import crema.data.LabelSet;
import crema.data.TextColumn;
import crema.fasttext.FastText;
import crema.fasttext.Fields;
import crema.fasttext.FoldedWords;
import crema.fasttext.LineScores;
import crema.fasttext.LossKind;
import crema.fasttext.Predictor;
import crema.fasttext.Task;
import crema.report.TellingWord;
import crema.task.SingleLabelTarget;
import crema.task.Target;
import crema.task.TaxonomyTarget;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A {@link Classifier} with a fastText model. */
public final class FastTextClassifier implements Classifier {
  private static final String END_OF_LINE = "</s>";
  /** Words that are looked at for the most telling ones, and scores that this may take. */
  private static final int MOST_TELLING = 20_000;
  private static final int MOST_SCORES = 4_000_000;
  /** Of a label that no training row has: the logarithm of a billionth. */
  private static final double LEAST_LOGIT = -20.7;

  private final FastText model;
  private final FastTextReading reading;
  private final Fields fields;
  private final Target target;
  private final LabelSet labels;
  private final Map<String, Integer> indices = new HashMap<>();
  /** Whether the model was trained on one label a text. */
  private final boolean isOnePath;
  private final WorkerPool pool;
  /** The labels of the model itself: of a taxonomy, there may be fewer than nodes. */
  private final Set<String> outputLabels;
  /** The number of each label of the model among those of the target; -1 of one that it does not have. */
  private final int[] ofOutputs;
  /** Null where words are not folded. */
  private final @Nullable FoldedWords folded;

  FastTextClassifier(FastText model, FastTextReading reading, Target target, int threads) {
    this.model = model;
    this.reading = reading;
    this.fields = reading.fields();
    this.target = target;
    this.labels = target.labels();
    pool = new WorkerPool(threads);
    outputLabels = Set.copyOf(model.labels());
    isOnePath = model.config().loss() != LossKind.ONE_VS_ALL;
    IntStream.range(0, labels.size()).forEach(i -> indices.put(fields.encodeLabel(labels.name(i)), i));
    folded = reading.isFolded() && (model.config().loss() == LossKind.SOFTMAX || !isOnePath) && model.hasScores()
        ? new FoldedWords(model) : null;
    ofOutputs = model.labels().stream().mapToInt(label -> indices.getOrDefault(label, -1)).toArray();
  }

  static FastTextClassifier load(ModelSource source, int threads) throws IOException {
    FastText model = FastText.load(source.bytes(FastTextFamily.MODEL));
    var classifier = new FastTextClassifier(
        model, FastTextDescription.read(source), source.readTarget(), threads);
    if (model.config().task() != Task.SUPERVISED || !classifier.indices.keySet().containsAll(model.labels())) {
      classifier.close();
      throw new UserError(source.name() + ": labels.json has other labels than model.bin: the files are of "
          + "different models");
    }
    return classifier;
  }

  private String words(String text) {
    return reading.line(text);
  }

  private int index(String token) {
    return Objects.requireNonNull(indices.get(token));
  }

  @Override
  public Target target() {
    return target;
  }

  @Override
  public List<String> columns() {
    return TextColumn.names(reading.columns());
  }

  /** As the engine finds them, which need not look at all labels, unless probabilities are calibrated. */
  @Override
  public List<List<Prediction>> predict(List<String> texts, int k) {
    return target instanceof TaxonomyTarget || !target.trust().isNone() || folded != null
        ? Classifier.super.predict(texts, k)
        : forEach(texts, model::newPredictor, (predictor, text) -> predict(predictor, text, k));
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
    FoldedWords words = folded;
    return (words == null ? forEach(texts, model::newPredictor, this::logits)
        : forEach(texts, words::newScorer, this::logits)).toArray(float[][]::new);
  }

  /** The scores themselves, but of a taxonomy's nodes, which have the probabilities of the paths below them. */
  private float[] logits(FoldedWords.Scorer scorer, String text) {
    String words = words(text);
    var scores = new float[ofOutputs.length];
    if (words.isEmpty() || !scorer.scores(words, scores)) {
      return words.isEmpty() ? new float[0] : logits(new double[labels.size()]);
    }
    double highest = 0;
    if (isOnePath) {
      highest = Double.NEGATIVE_INFINITY;
      for (float score : scores) {
        highest = Math.max(highest, score);
      }
    }
    if (target instanceof TaxonomyTarget && isOnePath) {
      return logits(softmax(scores, highest));
    }
    var logits = new float[labels.size()];
    if (logits.length > scores.length) {
      Arrays.fill(logits, (float) (highest + LEAST_LOGIT));
    }
    for (int output = 0; output < scores.length; output++) {
      logits[ofOutputs[output]] = scores[output];
    }
    return logits;
  }

  private double[] softmax(float[] scores, double highest) {
    double sum = 0;
    for (float score : scores) {
      sum += Math.exp(score - highest);
    }
    var probabilities = new double[labels.size()];
    for (int output = 0; output < scores.length; output++) {
      probabilities[ofOutputs[output]] = Math.exp(scores[output] - highest) / sum;
    }
    return probabilities;
  }

  private float[] logits(Predictor predictor, String text) {
    String words = words(text);
    if (words.isEmpty()) {
      return new float[0];
    }
    var said = new float[ofOutputs.length];
    predictor.probabilities(words, said);
    var probabilities = new double[labels.size()];
    for (int output = 0; output < said.length; output++) {
      probabilities[ofOutputs[output]] = said[output];
    }
    return logits(probabilities);
  }

  /** What the target makes the same probabilities of. */
  private float[] logits(double[] probabilities) {
    if (target instanceof TaxonomyTarget paths && isOnePath) {
      // The model knows whole paths alone: a text belongs to a node if it belongs to one below it.
      for (int node = probabilities.length - 1; node >= 0; node--) {
        int parent = paths.taxonomy().parent(node);
        if (parent >= 0) {
          probabilities[parent] += probabilities[node];
        }
      }
    }
    return target.logits(probabilities);
  }

  /** Exact where the labels have scores of their own; those of the hierarchical softmax are leaves of a tree. */
  @Override
  public Explanation explain(String text, int[] labels) {
    IntFunction<String> outputs = label -> fields.encodeLabel(target.labels().name(label));
    // A label that excludes others is compared with all of them.
    boolean areKnown = target instanceof SingleLabelTarget ? outputLabels.size() == this.labels.size()
        : Arrays.stream(labels).mapToObj(outputs).allMatch(outputLabels::contains);
    return model.hasScores() && areKnown
        ? new LineExplainer(model, reading, target).explain(text, labels, outputs, logits(List.of(text))[0])
        : Classifier.super.explain(text, labels);
  }

  /**
   * {@inheritDoc} A word of the vocabulary, the frequent ones first, adds the product of its vector with the label's; where
   * a text has one label, as far as that is above what it adds to the labels on average.
   */
  @Override
  public List<List<TellingWord>> tellingWords(int most) {
    List<String> outputs = labels.names().stream().map(fields::encodeLabel).toList();
    if (!model.hasScores() || !outputLabels.containsAll(outputs)) {
      return List.of();
    }
    var strongest = new TellingWord.Strongest(outputs.size(), most);
    List<String> words = model.words().stream().filter(word -> !word.equals(END_OF_LINE))
        .limit(Math.min(MOST_TELLING, MOST_SCORES / outputs.size())).toList();
    for (String word : words) {
      List<LineScores.Part> parts = model.scores(word, outputs).parts();
      var added = new double[outputs.size()];
      int rows = 0;
      for (LineScores.Part part : parts) {
        if (part.lastToken() == 0) {
          rows++;
          for (int label = 0; label < added.length; label++) {
            added[label] += part.added()[label];
          }
        }
      }
      double average = isOnePath ? Arrays.stream(added).average().orElse(0) : 0;
      for (int label = 0; label < added.length; label++) {
        // A part of the line has been divided by the number of all, the end of the line among them.
        strongest.add(label, word, rows == 0 ? 0 : (added[label] - average) * parts.size() / rows);
      }
    }
    return strongest.all();
  }

  /** A row of the input matrix for each word and each of its n-grams, and one of the output matrix a label. */
  @Override
  public double operations(String text) {
    var config = model.config();
    int words = length(words(text));
    int grams = config.maxn() == 0 ? 0
        : Math.max(0, config.maxn() - config.minn() + 1) * Math.max(0, words(text).length() - words);
    return 2.0 * model.dim() * (words * config.wordNgrams() + grams + labels.size());
  }

  @Override
  public float[][] embed(List<String> texts) {
    return texts.stream()
        .map(this::words)
        .map(words -> words.isEmpty() ? new float[model.dim()] : model.sentenceVector(words))
        .toArray(float[][]::new);
  }

  /** Answers for all texts in order, each thread with a predictor of its own. */
  private <P, T> List<T> forEach(List<String> texts, Supplier<P> predictors, BiFunction<P, String, T> answer) {
    var answers = new ArrayList<@Nullable T>(Collections.nCopies(texts.size(), null));
    int parts = Math.min(pool.threads(), texts.size());
    WorkerPool.Task task = (part, _) -> {
      P predictor = predictors.get();
      int end = (int) ((part + 1L) * texts.size() / parts);
      for (int i = (int) ((long) part * texts.size() / parts); i < end; i++) {
        answers.set(i, answer.apply(predictor, texts.get(i)));
      }
    };
    // One text is answered by its caller, so that many callers need not take turns.
    if (parts == 1) {
      task.run(0, 0);
    } else {
      pool.run(parts, task);
    }
    return answers.stream().map(Objects::requireNonNull).toList();
  }

  /** Ends the threads. */
  @Override
  public void close() {
    pool.close();
  }
}
