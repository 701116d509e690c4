package crema.fasttext;

import crema.base.AtomicFile;
import crema.base.ByteSource;
import crema.base.IntList;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
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
    try (var counter = new ByteCounter()) {
      ModelFormat.write(this, new ModelOutput(counter));
      return counter.bytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
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

  /** The vector of a word: the mean of its own, if it is known, and of its character n-grams'. */
  public float[] wordVector(String word) {
    var rows = new IntList();
    int id = dictionary.wordId(word);
    if (id >= 0) {
      dictionary.wordRows(id, rows);
    } else if (!word.equals("</s>")) {
      byte[] bytes = word.getBytes(StandardCharsets.UTF_8);
      dictionary.ngramRows(bytes, 0, bytes.length, rows);
    }
    var vector = new float[dim()];
    input.averageRows(rows, vector);
    return vector;
  }

  /** The parts whose mean is a word's vector, each with its own; for looking at, and for debugging. */
  public List<NgramVector> ngramVectors(String word) {
    var result = new ArrayList<NgramVector>();
    int id = dictionary.wordId(word);
    if (id >= 0) {
      result.add(new NgramVector(word, row(id)));
    }
    if (!word.equals("</s>")) {
      byte[] bytes = word.getBytes(StandardCharsets.UTF_8);
      byte[] bracketed = Subwords.bracket(bytes, 0, bytes.length);
      dictionary.subwords().forEachNgram(bracketed, (bucket, from, to) -> {
        int row = dictionary.bucketRow(bucket);
        if (row >= 0) {
          result.add(new NgramVector(new String(bracketed, from, to - from, StandardCharsets.UTF_8), row(row)));
        }
      });
    }
    return result;
  }

  private float[] row(int row) {
    var vector = new float[dim()];
    input.addRow(row, vector);
    return vector;
  }

  /**
   * The vector of a line. A classifier's is the mean of all its rows, which is what the labels are computed from; a
   * word vector model's is the mean of the words' normalised vectors.
   */
  public float[] sentenceVector(String text) {
    try {
      return config.task() == Task.SUPERVISED ? hidden(text) : meanOfNormalised(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private float[] hidden(String text) throws IOException {
    var line = new Line();
    dictionary.readLine(TokenReader.ofLine(text), line);
    var vector = new float[dim()];
    input.averageRows(line.rows, vector);
    return vector;
  }

  private float[] meanOfNormalised(String text) throws IOException {
    var sum = new float[dim()];
    int count = 0;
    byte[] utf8 = text.replace('\n', ' ').getBytes(StandardCharsets.UTF_8);
    var tokens = new TokenReader(utf8, utf8.length);
    while (tokens.next()) {
      var word = new String(
          tokens.bytes(), tokens.start(), tokens.end() - tokens.start(), StandardCharsets.UTF_8);
      float[] vector = wordVector(word);
      float norm = WordIndex.norm(vector);
      if (norm > 0) {
        float scale = (float) (1.0 / norm);
        for (int j = 0; j < sum.length; j++) {
          sum[j] += vector[j] * scale;
        }
        count++;
      }
    }
    for (int j = 0; j < sum.length && count > 0; j++) {
      sum[j] *= (float) (1.0 / count);
    }
    return sum;
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
    try (var out = Files.newBufferedWriter(file)) {
      writeHeader(out, dictionary.wordCount());
      for (int w = 0; w < dictionary.wordCount(); w++) {
        String word = dictionary.word(w);
        writeVector(out, word, wordVector(word));
      }
    }
  }

  /**
   * Writes the output vectors, of labels or of words as neighbours, as text.
   *
   * @throws IllegalStateException if they are quantized
   */
  public void saveOutput(Path file) throws IOException {
    if (isQuantized()) {
      throw new IllegalStateException("a quantized model's output vectors cannot be written");
    }
    boolean supervised = config.task() == Task.SUPERVISED;
    int count = supervised ? dictionary.labelCount() : dictionary.wordCount();
    try (var out = Files.newBufferedWriter(file)) {
      writeHeader(out, count);
      for (int i = 0; i < count; i++) {
        var vector = new float[dim()];
        output.addRow(i, vector);
        writeVector(out, supervised ? dictionary.label(i) : dictionary.word(i), vector);
      }
    }
  }

  private void writeHeader(BufferedWriter out, int count) throws IOException {
    out.write(count + " " + dim() + "\n");
  }

  private static void writeVector(BufferedWriter out, String word, float[] vector) throws IOException {
    out.write(word);
    out.write(' ');
    out.write(VectorText.format(vector));
    out.write('\n');
  }

  /** What {@link #dump} can show. */
  public enum Section {
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
    switch (section) {
      case ARGS -> dumpArgs(out);
      case DICT -> dumpDictionary(out);
      case INPUT -> dumpMatrix(input, out);
      case OUTPUT -> dumpMatrix(output, out);
    }
  }

  private void dumpArgs(Appendable out) throws IOException {
    out.append("dim " + config.dim() + "\n")
        .append("ws " + config.ws() + "\n")
        .append("epoch " + config.epoch() + "\n")
        .append("minCount " + config.minCount() + "\n")
        .append("neg " + config.neg() + "\n")
        .append("wordNgrams " + config.wordNgrams() + "\n")
        .append("loss " + config.loss().key() + "\n")
        .append("model " + config.task().key() + "\n")
        .append("bucket " + config.bucket() + "\n")
        .append("minn " + config.minn() + "\n")
        .append("maxn " + config.maxn() + "\n")
        .append("lrUpdateRate " + config.lrUpdateRate() + "\n")
        .append("t " + VectorText.format(config.t(), 6) + "\n");
  }

  private void dumpDictionary(Appendable out) throws IOException {
    out.append(dictionary.size() + "\n");
    for (int e = 0; e < dictionary.size(); e++) {
      String kind = e < dictionary.wordCount() ? "word" : "label";
      out.append(dictionary.entries().string(e) + " " + dictionary.count(e) + " " + kind + "\n");
    }
  }

  private void dumpMatrix(RowMatrix matrix, Appendable out) throws IOException {
    if (isQuantized()) {
      throw new IllegalStateException("a quantized model's matrices cannot be dumped");
    }
    out.append(matrix.rows() + " " + matrix.dim() + "\n");
    for (int row = 0; row < matrix.rows(); row++) {
      var vector = new float[dim()];
      matrix.addRow(row, vector);
      out.append(VectorText.format(vector, 6).stripTrailing()).append('\n');
    }
  }

  /** Counts bytes instead of keeping them. */
  private static final class ByteCounter implements WritableByteChannel {
    private long bytes;

    long bytes() {
      return bytes;
    }

    @Override
    public int write(ByteBuffer source) {
      int count = source.remaining();
      bytes += count;
      source.position(source.limit());
      return count;
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {}
  }
}
