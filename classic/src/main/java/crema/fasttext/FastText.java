package crema.fasttext;

import crema.base.AtomicFile;
import crema.base.ByteSource;
import crema.base.Keyed;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A trained fastText model: a classifier of lines of text, or vectors of words.
 *
 * <p>Immutable and thread-safe. To predict for many lines from one thread, ask for a {@link #newPredictor Predictor},
 * which keeps its buffers.
 */
public final class FastText {
  private final FastTextConfig config;
  private final Dictionary dictionary;
  private final RowMatrix input;
  private final RowMatrix output;
  private final Loss loss;

  FastText(FastTextConfig config, Dictionary dictionary, RowMatrix input, RowMatrix output, Loss loss) {
    this.config = config;
    this.dictionary = dictionary;
    this.input = input;
    this.output = output;
    this.loss = loss;
  }

  /**
   * Reads a {@code .bin} or {@code .ftz} file, written here or by the original.
   *
   * @throws IOException if it cannot be read or is malformed; the message says where
   */
  public static FastText load(Path file) throws IOException {
    if (Files.isDirectory(file)) {
      throw new IOException(file + " is a directory; give the .bin or .ftz file in it");
    }
    return load(ByteSource.of(file));
  }

  /**
   * Reads a {@code .bin} or {@code .ftz} file, as {@link #load(Path)} does.
   *
   * @throws IOException if it cannot be read or is malformed; the message says where
   */
  public static FastText load(ByteSource file) throws IOException {
    try (var channel = Channels.newChannel(file.open())) {
      return ModelFormat.read(new ModelInput(channel, file.name(), file.size()));
    }
  }

  /**
   * Reads a model from memory.
   *
   * @param name for messages
   * @throws IOException if it is malformed
   */
  public static FastText read(byte[] model, String name) throws IOException {
    return load(ByteSource.of(name, MemorySegment.ofArray(model)));
  }

  /** Writes the model, in place of what was in the file once all of it is on disk. */
  public void save(Path file) throws IOException {
    AtomicFile.write(file, channel -> ModelFormat.write(this, new ModelOutput(channel)));
  }

  /** The size of the file that {@link #save} writes, in bytes. */
  public long fileSize() {
    return ModelFormat.size(this);
  }

  /** What the model was trained with, as far as a model file says it. */
  public FastTextConfig config() {
    return config;
  }

  /** Whether the input matrix is quantized. */
  public boolean isQuantized() {
    return input instanceof QuantizedMatrix;
  }

  /** The length of a vector. */
  public int dim() {
    return config.dim();
  }

  /** The words that have a vector of their own, the most frequent first. */
  public List<String> words() {
    return entries(0, dictionary.wordCount());
  }

  /** The labels, prefix included, the most frequent first. */
  public List<String> labels() {
    return entries(dictionary.wordCount(), dictionary.size());
  }

  private List<String> entries(int from, int to) {
    var result = new ArrayList<String>(to - from);
    for (int e = from; e < to; e++) {
      result.add(dictionary.entries().string(e));
    }
    return result;
  }

  Dictionary dictionary() {
    return dictionary;
  }

  RowMatrix input() {
    return input;
  }

  RowMatrix output() {
    return output;
  }

  Loss loss() {
    return loss;
  }

  /**
   * A predictor for one thread.
   *
   * @throws IllegalStateException if this model holds word vectors only
   */
  public Predictor newPredictor() {
    if (config.task() != Task.SUPERVISED) {
      throw new IllegalStateException("the model holds word vectors; only a supervised model can predict labels");
    }
    return new Predictor(this);
  }

  /**
   * The most probable labels of a line of text.
   *
   * @param k how many at most; -1 for all
   * @param threshold the least probability
   * @return labels by falling probability; none if the text has no known word or n-gram
   */
  public List<Prediction> predict(String text, int k, float threshold) {
    return newPredictor().predict(text, k, threshold);
  }

  /**
   * What each word and n-gram of a line adds to the scores of labels, of which a loss makes probabilities.
   *
   * @param labels as the model spells them
   * @throws IllegalArgumentException if the model has no such label
   * @throws IllegalStateException if it holds word vectors only, or its labels have no scores but a tree has
   */
  public LineScores scores(String text, List<String> labels) {
    if (!hasScores()) {
      throw new IllegalStateException("the labels of this model have no scores of their own");
    }
    return LineScores.of(this, text, labels);
  }

  /** Whether each label has a score, the product of the vectors of a line and of the label. */
  public boolean hasScores() {
    return config.task() == Task.SUPERVISED && config.loss() != LossKind.HIERARCHICAL_SOFTMAX;
  }

  /** The vector of a word: the mean of its own, if it is known, and of its character n-grams'. */
  public float[] wordVector(String word) {
    return new WordVectors(this).ofWord(word);
  }

  /** The parts whose mean is a word's vector, each with its own; for looking at, and for debugging. */
  public List<NgramVector> ngramVectors(String word) {
    return new WordVectors(this).ngrams(word);
  }

  /**
   * The vector of a line. A classifier's is the mean of all its rows, which is what the labels are computed from; a
   * word vector model's is the mean of the words' normalised vectors.
   */
  public float[] sentenceVector(String text) {
    return new WordVectors(this).ofLine(text);
  }

  /** Prepares a search for similar words; it holds a normalised copy of all word vectors. */
  public WordIndex wordIndex() {
    return new WordIndex(this);
  }

  /**
   * Classifies every line that has a known label, and counts what was right.
   *
   * @param text lines in the {@code __label__} format, not closed here
   * @param k the labels predicted for a line
   * @param threshold the least probability of a predicted label
   */
  public Evaluation test(InputStream text, int k, float threshold) throws IOException {
    Predictor predictor = newPredictor();
    var evaluation = new Evaluation(labels());
    var tokens = new TokenReader(text);
    while (predictor.read(tokens)) {
      if (!predictor.line().labels.isEmpty() && !predictor.line().rows.isEmpty()) {
        evaluation.add(predictor.line().labels, predictor.rank(k, threshold));
      }
    }
    return evaluation;
  }

  /** {@link #test(InputStream, int, float)} of a file. */
  public Evaluation test(Path file, int k, float threshold) throws IOException {
    try (var in = TextSource.of(file).open()) {
      return test(in, k, threshold);
    }
  }

  /** Writes the words' vectors as text: a line with their number and length, then a word and its vector a line. */
  public void saveVectors(Path file) throws IOException {
    new ModelText(this).writeVectors(file);
  }

  /**
   * Writes the output vectors, of labels or of words as neighbours, as text.
   *
   * @throws IllegalStateException if they are quantized
   */
  public void saveOutput(Path file) throws IOException {
    new ModelText(this).writeOutput(file);
  }

  /** What {@link #dump} can show. */
  public enum Section implements Keyed {
    /** The settings. */
    ARGS,
    /** The words and labels. */
    DICT,
    /** The vectors of words and n-grams. */
    INPUT,
    /** The vectors of labels. */
    OUTPUT
  }

  /**
   * Writes a part of the model as the original's {@code dump} prints it.
   *
   * @throws IllegalStateException if it is a matrix, and the model is quantized
   */
  public void dump(Section section, Appendable out) throws IOException {
    new ModelText(this).dump(section, out);
  }
}
