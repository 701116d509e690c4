package crema.fasttext;

import crema.base.CounterRandom;
import crema.base.WorkerPool;
import crema.nn.loss.RowLoss;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Trains fastText models.
 *
 * <p>The result depends on the data, the configuration and the seed, not on the number of threads, nor on whether the
 * run was stopped and resumed.
 */
public final class FastTextTrainer {
  /** How many rows of a matrix a task fills with random numbers. */
  private static final int ROWS_PER_TASK = 4096;

  private final FastTextConfig config;
  private TrainingListener listener = progress -> true;
  private @Nullable Function<long[], RowLoss> labelLoss;
  private @Nullable Path checkpointFile;
  private Duration checkpointInterval = Duration.ZERO;
  private float @Nullable [] lineWeights;

  /** A trainer of models of this configuration. */
  public FastTextTrainer(FastTextConfig config) {
    this.config = config.withoutUnusedBuckets();
  }

  /** Has a listener called a few times a second, from the thread that trains. */
  public FastTextTrainer listener(TrainingListener newListener) {
    listener = newListener;
    return this;
  }

  /**
   * Trains with another loss of the labels of a row than plain one-vs-all, for instance one for a long tail.
   *
   * @param newLabelLoss gives the loss for the numbers of rows that have each label, in the model's order of labels
   * @throws IllegalArgumentException if the configuration is not one of supervised training with one-vs-all
   */
  public FastTextTrainer labelLoss(Function<long[], RowLoss> newLabelLoss) {
    if (config.task() != Task.SUPERVISED || config.loss() != LossKind.ONE_VS_ALL) {
      throw new IllegalArgumentException("a loss for labels needs supervised training with the loss one-vs-all");
    }
    labelLoss = newLabelLoss;
    return this;
  }

  /**
   * Lets some lines of a classifier's text count more than others: the steps that an example asks for are multiplied by
   * its weight. Of a run that is resumed it must be given again.
   *
   * @param weights one a line of the text, above 0
   */
  public FastTextTrainer lineWeights(float[] weights) {
    lineWeights = weights.clone();
    return this;
  }

  /**
   * Has the state of the run written to a file now and then, and when the listener stops the run, for {@link #resume}.
   *
   * @param file replaced by each checkpoint once the new one is on disk
   * @param interval the time between two checkpoints
   */
  public FastTextTrainer checkpoints(Path file, Duration interval) {
    checkpointFile = file;
    checkpointInterval = interval;
    return this;
  }

  /**
   * Trains a new model. If the listener stops the run, the model is what training came to by then.
   *
   * @throws IOException if the text cannot be read
   * @throws IllegalArgumentException if it has no word or no label that is frequent enough
   * @throws DivergedException if the learning rate is too large
   */
  public FastText train(TextSource text) throws IOException {
    Dictionary dictionary = count(text);
    var input = new DenseMatrix(dictionary.rowCount(), config.dim());
    randomise(input);
    if (config.pretrainedVectors() != null) {
      new VectorFile(config.pretrainedVectors()).forEach(config.dim(), word -> dictionary.wordId(word) >= 0,
          (word, vector) -> input.setRow(dictionary.wordId(word), vector, 0));
    }
    var output = new DenseMatrix(outputs(config, dictionary), config.dim());
    Loss loss = Loss.of(config, outputCounts(config, dictionary));
    try (var corpus = Corpus.read(text, dictionary, config.task(), lineWeights)) {
      return run(new FastText(config, dictionary, input, output, loss), corpus, RunState.START);
    }
  }

  /**
   * Continues a run from a checkpoint, to the same bits as if it had never stopped. Everything but the number of
   * threads, the checkpoints to write and the number of epochs comes from the run that stopped. With more epochs than
   * that had, the learning rate goes on as in a run that was planned for all of them: it is higher than where it stopped,
   * and falls to zero again.
   *
   * @param text what that run was given
   * @throws IOException if the checkpoint is damaged, or the text is another one
   */
  public FastText resume(Path checkpoint, TextSource text) throws IOException {
    Checkpoint state = Checkpoint.read(checkpoint);
    FastTextConfig resumed = state.config().toBuilder().threads(config.threads())
        .epoch(Math.max(config.epoch(), state.config().epoch())).build();
    FastText model = state.model();
    try (var corpus = Corpus.read(text, model.dictionary(), resumed.task(), lineWeights)) {
      if (corpus.checksum() != state.corpus()) {
        throw new IOException(checkpoint + " belongs to another training text; resume with the text it was made from");
      }
      var continued = new FastText(resumed, model.dictionary(), model.input(), model.output(), model.loss());
      return run(continued, corpus, state.run());
    }
  }

  /**
   * Trains a model further on another text, and lets it learn that text's words and labels too. The learning rate,
   * epochs, thresholds, threads and seed are this trainer's, the rest is the model's.
   *
   * <p>Words new to the model start from the mean of their character n-grams' vectors, labels from zero. With
   * hierarchical softmax, every decision between groups of labels that the new tree shares with the old one is kept.
   *
   * @throws IllegalArgumentException if the model is quantized or was trained for another task
   */
  public FastText trainFurther(FastText model, TextSource text) throws IOException {
    return trainFurther(model, text, null);
  }

  /**
   * Trains a classifier further whose labels are others now: each starts from the mean of the older labels that it comes
   * from, and a new one from zero. The labels are those of the text.
   *
   * @param olderLabels gives for a label of the text, with its prefix, those of the model that it comes from
   * @throws IllegalArgumentException as {@link #trainFurther(FastText, TextSource)}, or with hierarchical softmax, whose
   *     outputs are no labels
   */
  public FastText trainFurther(FastText model, TextSource text, @Nullable Function<String, List<String>> olderLabels)
      throws IOException {
    if (olderLabels != null && model.loss() instanceof HierarchicalSoftmaxLoss) {
      throw new IllegalArgumentException(
          "hierarchical softmax learns a tree of labels, which is another one with other "
              + "labels: it cannot be trained further with a map of labels");
    }
    if (!(model.input() instanceof DenseMatrix input) || !(model.output() instanceof DenseMatrix output)) {
      throw new IllegalArgumentException("a quantized model cannot be trained further; use the .bin file");
    }
    if (model.config().task() != config.task()) {
      throw new IllegalArgumentException(
          "the model is " + model.config().task().key() + ", the training is " + config.task().key());
    }
    FastTextConfig further = model.config().toBuilder()
        .lr(config.lr()).epoch(config.epoch()).minCount(config.minCount()).minCountLabel(config.minCountLabel())
        .labelPrefix(config.labelPrefix()).shuffle(config.shuffle()).threads(config.threads()).seed(config.seed())
        .build();
    Dictionary dictionary = extend(model, text, olderLabels != null);
    Loss loss = Loss.of(further, outputCounts(further, dictionary));
    var grown = new GrownModel(model.dictionary(), dictionary);
    DenseMatrix grownInput = grown.input(input, this::randomise);
    DenseMatrix grownOutput =
        grown.output(output, model.loss(), loss, further.task() == Task.SUPERVISED, outputs(further, dictionary),
            olderLabels);
    try (var corpus = Corpus.read(text, dictionary, further.task(), lineWeights)) {
      return run(
          new FastText(further, dictionary, grownInput, grownOutput, loss), corpus, RunState.START);
    }
  }

  private Dictionary extend(FastText model, TextSource text, boolean hasOtherLabels) throws IOException {
    var fresh = new DictionaryBuilder(config.labelPrefix());
    addTokens(text, fresh);
    fresh.threshold(config.minCount(), config.minCountLabel());
    var all = new DictionaryBuilder(config.labelPrefix());
    if (hasOtherLabels) {
      all.addWords(model.dictionary());
    } else {
      all.addAll(model.dictionary());
    }
    all.addAll(fresh.build(model.dictionary().subwords()));
    if (model.loss() instanceof HierarchicalSoftmaxLoss) {
      // Other counts would make another tree.
      all.restoreCounts(model.dictionary(), config.task() == Task.SUPERVISED);
    }
    all.threshold(0, 0);
    return all.build(model.dictionary().subwords());
  }

  private FastText run(FastText model, Corpus corpus, RunState start) {
    Path file = checkpointFile;
    var writer = file == null ? null : new TrainingRun.CheckpointWriter() {
      private long last = System.nanoTime();

      @Override
      public boolean isDue() {
        return System.nanoTime() - last >= checkpointInterval.toNanos();
      }

      @Override
      public void write(RunState state) throws IOException {
        Checkpoint.write(file, model, state, corpus.checksum());
        last = System.nanoTime();
      }
    };
    long[] counts = outputCounts(model.config(), model.dictionary());
    new TrainingRun(
        model.config(), corpus, (DenseMatrix) model.input(), (DenseMatrix) model.output(),
        labelLoss == null ? model.loss() : new LabelLoss(labelLoss.apply(counts)), counts, listener, writer, start)
        .run();
    return model;
  }

  private static int outputs(FastTextConfig config, Dictionary dictionary) {
    return config.task() == Task.SUPERVISED ? dictionary.labelCount() : dictionary.wordCount();
  }

  private static long[] outputCounts(FastTextConfig config, Dictionary dictionary) {
    return config.task() == Task.SUPERVISED ? dictionary.labelCounts() : dictionary.wordCounts();
  }

  private static void addTokens(TextSource text, DictionaryBuilder builder) throws IOException {
    try (var in = text.open()) {
      var tokens = new TokenReader(in);
      while (tokens.next()) {
        builder.add(tokens);
      }
    }
  }

  private Dictionary count(TextSource text) throws IOException {
    var builder = new DictionaryBuilder(config.labelPrefix());
    addTokens(text, builder);
    boolean hadWords = builder.hasWords();
    boolean hadLabels = builder.hasLabels();
    builder.threshold(config.minCount(), config.minCountLabel());
    Path vectors = config.pretrainedVectors();
    if (vectors != null) {
      new VectorFile(vectors).forEachWord(config.dim(), builder::addWord);
      builder.threshold(1, 0);
    }
    Dictionary dictionary =
        builder.build(new Subwords(config.wordNgrams(), config.bucket(), config.minn(), config.maxn()));
    if (dictionary.wordCount() == 0) {
      throw new IllegalArgumentException(hadWords
          ? "no word occurs " + config.minCount() + " times; lower the minimum count (minCount, --min-count)"
          : hadLabels ? "the text has labels but no words, so there is nothing to learn from"
              : "the text is empty: there is nothing to learn from");
    }
    if (config.task() == Task.SUPERVISED && dictionary.labelCount() == 0) {
      throw new IllegalArgumentException(hadLabels
          ? "no label occurs " + config.minCountLabel() + " times; lower the minimum count of labels (minCountLabel)"
          : "no token starts with '" + config.labelPrefix()
              + "', so there is nothing to learn; is that the label prefix?");
    }
    return dictionary;
  }

  /** Fills a matrix with uniform numbers between -1 / dim and 1 / dim, each row from its own place in the sequence. */
  private void randomise(DenseMatrix matrix) {
    int dim = matrix.dim();
    float bound = 1f / dim;
    try (var pool = new WorkerPool(config.threads())) {
      pool.run((int) Math.ceilDiv(matrix.rows(), ROWS_PER_TASK), (task, _) -> {
        var random = new CounterRandom();
        int end = (int) Math.min(matrix.rows(), (task + 1L) * ROWS_PER_TASK);
        for (int row = task * ROWS_PER_TASK; row < end; row++) {
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
  }
}
