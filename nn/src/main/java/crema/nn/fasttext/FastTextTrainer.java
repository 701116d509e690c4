package crema.nn.fasttext;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Trains fastText models.
 *
 * <p>The result depends on the data, the configuration and the seed, not on the number of threads, nor on whether the
 * run was stopped and resumed.
 */
public final class FastTextTrainer {
  private final FastTextConfig config;
  private TrainingListener listener = progress -> true;

  /** A trainer of models of this configuration. */
  public FastTextTrainer(FastTextConfig config) {
    this.config = config;
  }

  /** Has a listener called a few times a second, from the thread that trains. */
  public FastTextTrainer listener(TrainingListener newListener) {
    listener = newListener;
    return this;
  }

  /**
   * Trains a new model.
   *
   * @throws IOException if the text cannot be read
   * @throws IllegalArgumentException if it has no word or no label that is frequent enough
   * @throws DivergedException if the learning rate is too large
   */
  public FastText train(TextSource text) throws IOException {
    Dictionary dictionary = count(text);
    try (var corpus = Corpus.read(text, dictionary, config.task())) {
      var input = new DenseMatrix(dictionary.rowCount(), config.dim());
      randomise(input);
      if (config.pretrainedVectors() != null) {
        readVectors(config.pretrainedVectors(), dictionary, input);
      }
      int outputs = config.task() == Task.SUPERVISED ? dictionary.labelCount() : dictionary.wordCount();
      var output = new DenseMatrix(outputs, config.dim());
      long[] counts = config.task() == Task.SUPERVISED ? dictionary.labelCounts() : dictionary.wordCounts();
      Loss loss = Loss.of(config, counts);
      new TrainingRun(
          config, corpus, input, output, loss, listener, null, ExampleStream.Position.START, 0).run();
      return new FastText(config, dictionary, input, output, loss);
    }
  }

  private Dictionary count(TextSource text) throws IOException {
    var builder = new DictionaryBuilder(config.labelPrefix());
    try (var in = text.open()) {
      var tokens = new TokenReader(in);
      while (tokens.next()) {
        builder.add(tokens);
      }
    }
    builder.threshold(config.minCount(), config.minCountLabel());
    Path vectors = config.pretrainedVectors();
    if (vectors != null) {
      forEachVector(vectors, (word, numbers) -> builder.addWord(word));
      builder.threshold(1, 0);
    }
    Dictionary dictionary =
        builder.build(new Subwords(config.wordNgrams(), config.bucket(), config.minn(), config.maxn()));
    if (dictionary.wordCount() == 0) {
      throw new IllegalArgumentException("no word occurs " + config.minCount() + " times; lower minCount");
    }
    if (config.task() == Task.SUPERVISED && dictionary.labelCount() == 0) {
      throw new IllegalArgumentException(
          "no token starts with '" + config.labelPrefix() + "', so there is nothing to learn; is the label prefix right?");
    }
    return dictionary;
  }

  /** Fills a matrix with uniform numbers between -1 / dim and 1 / dim, each row from its own place in the sequence. */
  private void randomise(DenseMatrix matrix) {
    int dim = matrix.dim();
    float bound = 1f / dim;
    IntStream.range(0, (int) ((matrix.rows() + 4095) / 4096)).parallel().forEach(block -> {
      var random = new CounterRandom();
      int end = (int) Math.min(matrix.rows(), (block + 1) * 4096L);
      for (int row = block * 4096; row < end; row++) {
        random.seek(config.seed(), -1, row);
        float[] page = matrix.page(row);
        int base = matrix.offset(row);
        for (int j = 0; j < dim; j += 2) {
          long bits = random.nextLong();
          page[base + j] = ((bits >>> 40) * 0x1p-23f - 1) * bound;
          if (j + 1 < dim) {
            page[base + j + 1] = ((bits & 0xFFFFFF) * 0x1p-23f - 1) * bound;
          }
        }
      }
    });
  }

  private interface VectorSink {
    void accept(String word, String numbers);
  }

  /** Visits the words of a {@code .vec} file and the text of their vectors. */
  private void forEachVector(Path file, VectorSink sink) throws IOException {
    try (BufferedReader in = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      String header = in.readLine();
      String[] sizes = header == null ? new String[0] : header.strip().split(" ");
      if (sizes.length != 2) {
        throw new IOException(file + ":1: expected the number of vectors and their length");
      }
      if (!sizes[1].equals(Integer.toString(config.dim()))) {
        throw new IOException(file + ":1: its vectors have length " + sizes[1] + ", the model's dim is " + config.dim());
      }
      @Nullable String line;
      while ((line = in.readLine()) != null) {
        int space = line.indexOf(' ');
        if (space > 0) {
          sink.accept(line.substring(0, space), line.substring(space + 1));
        }
      }
    }
  }

  private void readVectors(Path file, Dictionary dictionary, DenseMatrix input) throws IOException {
    var vector = new float[config.dim()];
    try {
      forEachVector(file, (word, numbers) -> {
        int id = dictionary.wordId(word);
        if (id >= 0) {
          VectorText.parse(numbers, word, vector);
          input.setRow(id, vector, 0);
        }
      });
    } catch (IllegalArgumentException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
  }
}
