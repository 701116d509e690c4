package crema.fasttext;

import java.io.IOException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Makes a classifier smaller: drops the words and n-grams that matter least, and quantizes the rest. */
public final class Quantizer {
  /** The columns of the output matrix that share a byte. */
  private static final int OUTPUT_DSUB = 2;

  private final QuantizeOptions options;
  private TrainingListener listener = progress -> true;

  /** A quantizer with these options. */
  public Quantizer(QuantizeOptions options) {
    this.options = options;
  }

  /** Sets the listener to the progress of retraining. */
  public Quantizer listener(TrainingListener newListener) {
    listener = newListener;
    return this;
  }

  /**
   * Quantizes a model, which stays as it is.
   *
   * @param text what to retrain on; only read if the options ask for it
   * @throws IllegalArgumentException if the model is no classifier, is quantized already, or has too few rows
   */
  public FastText quantize(FastText model, @Nullable TextSource text) throws IOException {
    if (model.config().task() != Task.SUPERVISED) {
      throw new IllegalArgumentException("only a supervised model can be quantized; this one holds word vectors");
    }
    if (!(model.input() instanceof DenseMatrix input) || !(model.output() instanceof DenseMatrix output)) {
      throw new IllegalArgumentException("the model is quantized already");
    }
    FastText kept = model;
    if (options.cutoff() > 0 && options.cutoff() < input.rows()) {
      kept = prune(model, input, output);
      if (options.retrain() != null) {
        if (text == null) {
          throw new IllegalArgumentException("retraining needs the training text");
        }
        kept = retrain(kept, options.retrain(), text);
      }
    }
    DenseMatrix keptInput = (DenseMatrix) kept.input();
    DenseMatrix keptOutput = (DenseMatrix) kept.output();
    var quantizedInput = QuantizedMatrix.of(copyIfShared(keptInput, input), options.dsub(), options.qnorm());
    RowMatrix quantizedOutput = options.qout()
        ? QuantizedMatrix.of(copyIfShared(keptOutput, output), OUTPUT_DSUB, options.qnorm())
        : keptOutput;
    return new FastText(kept.config(), kept.dictionary(), quantizedInput, quantizedOutput, kept.loss());
  }

  /** Quantizing with separate norms normalises its rows, which must not be the caller's. */
  private DenseMatrix copyIfShared(DenseMatrix matrix, DenseMatrix original) {
    return matrix == original && options.qnorm() ? matrix.copy() : matrix;
  }

  private FastText retrain(FastText model, FastTextConfig how, TextSource text) throws IOException {
    FastTextConfig config = model.config().toBuilder()
        .epoch(how.epoch()).lr(how.lr()).threads(how.threads()).seed(how.seed()).build();
    try (var corpus = Corpus.read(text, model.dictionary(), Task.SUPERVISED)) {
      var input = (DenseMatrix) model.input();
      var output = ((DenseMatrix) model.output()).copy();
      new TrainingRun(
          config, corpus, input, output, model.loss(), model.dictionary().labelCounts(), listener, null,
          RunState.START).run();
      return new FastText(config, model.dictionary(), input, output, model.loss());
    }
  }

  /** Keeps the end-of-line token and the rows with the longest vectors. */
  private FastText prune(FastText model, DenseMatrix input, DenseMatrix output) {
    Dictionary dictionary = model.dictionary();
    int rows = Math.toIntExact(input.rows());
    var norms = new float[rows];
    for (int row = 0; row < rows; row++) {
      norms[row] = QuantizedMatrix.norm(input, row);
    }
    int endOfLine = dictionary.wordId("</s>");
    if (endOfLine >= 0) {
      norms[endOfLine] = Float.POSITIVE_INFINITY;
    }
    int[] kept = IntStream.range(0, rows)
        .boxed()
        .sorted(Comparator.comparing((Integer row) -> norms[row]).reversed())
        .limit(options.cutoff())
        .mapToInt(Integer::intValue)
        .toArray();
    int[] words = Arrays.stream(kept).filter(row -> row < dictionary.wordCount()).sorted().toArray();
    int[] ngrams = Arrays.stream(kept).filter(row -> row >= dictionary.wordCount()).toArray();
    var smaller = new DenseMatrix(kept.length, input.dim());
    int next = 0;
    for (int row : words) {
      smaller.setRow(next++, input.page(row), input.offset(row));
    }
    for (int row : ngrams) {
      smaller.setRow(next++, input.page(row), input.offset(row));
    }
    return new FastText(
        model.config(), prunedDictionary(dictionary, words, ngrams), smaller, output, model.loss());
  }

  private static Dictionary prunedDictionary(Dictionary dictionary, int[] words, int[] ngrams) {
    WordTable all = dictionary.entries();
    var entries = new WordTable();
    var counts = new long[words.length + dictionary.labelCount()];
    int[] labels = IntStream.range(dictionary.wordCount(), dictionary.size()).toArray();
    for (int[] group : new int[][] {words, labels}) {
      for (int e : group) {
        int id = entries.intern(all.pool(), all.start(e), all.end(e), all.hash(e));
        counts[id] = dictionary.count(e);
      }
    }
    int[] buckets = Arrays.stream(ngrams).map(row -> row - dictionary.wordCount()).toArray();
    var pruned = new PruneIndex(buckets, IntStream.range(0, buckets.length).toArray());
    return dictionary.with(entries, counts, words.length, pruned);
  }
}
