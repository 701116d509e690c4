package crema.fasttext;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * fastText's model files, version 12 (and 11 for reading): arguments, dictionary, input matrix, output matrix.
 *
 * <p>Nothing in a file is believed: every count is checked against what is left of the file before memory is taken for
 * it, and every number that is used as an index later is checked here.
 */
final class ModelFormat {
  private static final int MAGIC = 793712314;
  private static final int VERSION = 12;
  private static final int OLDEST_VERSION = 11;

  /** An entry is at least an empty word's end, a count and a type. */
  private static final int LEAST_ENTRY_BYTES = 10;

  private ModelFormat() {}

  static FastText read(ModelInput in) throws IOException {
    if (in.remaining() < 8 || in.readInt() != MAGIC) {
      throw in.malformed("it does not start with fastText's mark");
    }
    int version = in.readInt();
    if (version < OLDEST_VERSION || version > VERSION) {
      throw in.malformed("its version is " + version + "; versions 11 and 12 can be read");
    }
    FastTextConfig config = readConfig(in, version);
    Dictionary dictionary = readDictionary(in, config);
    boolean quantized = in.readBoolean("quantized input");
    if (!quantized && dictionary.pruned() != null) {
      throw in.malformed("it is pruned but not quantized");
    }
    RowMatrix input = readMatrix(in, quantized, config.dim(), "input");
    boolean quantizedOutput = in.readBoolean("quantized output");
    RowMatrix output = readMatrix(in, quantized && quantizedOutput, config.dim(), "output");
    boolean supervised = config.task() == Task.SUPERVISED;
    int outputs = supervised ? dictionary.labelCount() : dictionary.wordCount();
    if (input.rows() < dictionary.rowCount()) {
      throw in.malformed(
          "the input matrix has " + input.rows() + " rows, the dictionary needs " + dictionary.rowCount());
    }
    if (output.rows() != outputs) {
      throw in.malformed("the output matrix has " + output.rows() + " rows for " + outputs + " outputs");
    }
    long[] counts = supervised ? dictionary.labelCounts() : dictionary.wordCounts();
    return new FastText(config, dictionary, input, output, loss(in, config, counts));
  }

  private static Loss loss(ModelInput in, FastTextConfig config, long[] counts) throws IOException {
    try {
      return Loss.of(config, counts);
    } catch (IllegalArgumentException e) {
      throw in.malformed(String.valueOf(e.getMessage()));
    }
  }

  private static FastTextConfig readConfig(ModelInput in, int version) throws IOException {
    int dim = in.readInt();
    int ws = in.readInt();
    int epoch = in.readInt();
    int minCount = in.readInt();
    int neg = in.readInt();
    int wordNgrams = in.readInt();
    int lossCode = in.readInt();
    int taskCode = in.readInt();
    int bucket = in.readInt();
    int minn = in.readInt();
    int maxn = in.readInt();
    int lrUpdateRate = in.readInt();
    double t = in.readDouble();
    FastTextConfig.Builder builder = switch (taskCode) {
      case 1 -> FastTextConfig.cbow();
      case 2 -> FastTextConfig.skipgram();
      case 3 -> FastTextConfig.supervised();
      default -> throw in.malformed("its model kind is " + taskCode);
    };
    LossKind loss = switch (lossCode) {
      case 1 -> LossKind.HIERARCHICAL_SOFTMAX;
      case 2 -> LossKind.NEGATIVE_SAMPLING;
      case 3 -> LossKind.SOFTMAX;
      case 4 -> LossKind.ONE_VS_ALL;
      default -> throw in.malformed("its loss is " + lossCode);
    };
    try {
      return builder
          .loss(loss).dim(dim).ws(ws).epoch(epoch).minCount(minCount).neg(neg).wordNgrams(wordNgrams).bucket(bucket)
          .minn(minn)
          // Version 11 classifiers were trained without character n-grams, whatever they say.
          .maxn(version == OLDEST_VERSION && taskCode == Task.SUPERVISED.code() ? 0 : maxn)
          .lrUpdateRate(lrUpdateRate).t(t)
          .build();
    } catch (IllegalArgumentException e) {
      throw in.malformed(String.valueOf(e.getMessage()));
    }
  }

  private static Dictionary readDictionary(ModelInput in, FastTextConfig config) throws IOException {
    int size = in.readInt();
    int words = in.readInt();
    int labels = in.readInt();
    long tokens = in.readLong();
    long pruneSize = in.readLong();
    if (words < 0 || labels < 0 || (long) words + labels != size) {
      throw in.malformed("it declares " + size + " entries, " + words + " words and " + labels + " labels");
    }
    in.room(size, LEAST_ENTRY_BYTES, "dictionary entries");
    var entries = new WordTable();
    var counts = new long[size];
    for (int e = 0; e < size; e++) {
      readEntry(in, e, words, entries, counts);
    }
    PruneIndex pruned = pruneSize < 0 ? null : readPruneIndex(in, in.room(pruneSize, 8, "kept n-grams"), config);
    var subwords = new Subwords(config.wordNgrams(), config.bucket(), config.minn(), config.maxn());
    byte[] labelPrefix = config.labelPrefix().getBytes(StandardCharsets.UTF_8);
    // The cache may take as much again as the rest of the file will.
    return new Dictionary(entries, counts, words, tokens, labelPrefix, subwords, pruned, in.remaining() / 4);
  }

  private static void readEntry(ModelInput in, int e, int words, WordTable entries, long[] counts)
      throws IOException {
    var word = new byte[16];
    int length = 0;
    for (byte b = in.readByte(); b != 0; b = in.readByte()) {
      if (length == word.length) {
        word = Arrays.copyOf(word, 2 * length);
      }
      word[length++] = b;
    }
    if (entries.intern(word, 0, length, Fnv.hash(word, 0, length)) != e) {
      throw in.malformed("dictionary entry " + e + " is listed twice");
    }
    counts[e] = in.readLong();
    byte type = in.readByte();
    if (type != (e < words ? 0 : 1)) {
      throw in.malformed("dictionary entry " + e + " has type " + type);
    }
  }

  private static PruneIndex readPruneIndex(ModelInput in, int size, FastTextConfig config) throws IOException {
    var buckets = new int[size];
    var rows = new int[size];
    var taken = new boolean[size];
    for (int i = 0; i < size; i++) {
      buckets[i] = in.readInt();
      rows[i] = in.readInt();
      if (buckets[i] < 0 || buckets[i] >= config.bucket() || rows[i] < 0 || rows[i] >= size || taken[rows[i]]) {
        throw in.malformed("kept n-gram " + i + " maps bucket " + buckets[i] + " to row " + rows[i]);
      }
      taken[rows[i]] = true;
    }
    try {
      return new PruneIndex(buckets, rows);
    } catch (IllegalArgumentException e) {
      throw in.malformed(String.valueOf(e.getMessage()));
    }
  }

  private static RowMatrix readMatrix(ModelInput in, boolean quantized, int dim, String name) throws IOException {
    return quantized ? readQuantized(in, dim, name) : readDense(in, dim, name);
  }

  private static long readRows(ModelInput in, int dim, String name) throws IOException {
    long rows = in.readLong();
    long columns = in.readLong();
    if (rows < 1 || rows > Integer.MAX_VALUE || columns != dim) {
      throw in.malformed("the " + name + " matrix is " + rows + " x " + columns + " in a model of dimension " + dim);
    }
    return rows;
  }

  private static DenseMatrix readDense(ModelInput in, int dim, String name) throws IOException {
    long rows = readRows(in, dim, name);
    if (rows > in.remaining() / 4 / dim) {
      throw in.malformed("the " + name + " matrix of " + rows + " x " + dim + " is larger than the file");
    }
    var matrix = new DenseMatrix(rows, dim);
    for (float[] page : matrix.pages()) {
      in.readFloats(page);
    }
    return matrix;
  }

  private static QuantizedMatrix readQuantized(ModelInput in, int dim, String name) throws IOException {
    boolean separateNorms = in.readBoolean("quantized norms");
    long rows = readRows(in, dim, name);
    int codeBytes = in.room(in.readInt(), 1, "code bytes");
    var codes = new byte[codeBytes];
    in.readBytes(codes);
    ProductQuantizer quantizer = readQuantizer(in, dim);
    if (codeBytes != rows * quantizer.parts()) {
      throw in.malformed("the " + name + " matrix has " + codeBytes + " code bytes for " + rows + " rows");
    }
    byte[] normCodes = null;
    ProductQuantizer normQuantizer = null;
    if (separateNorms) {
      normCodes = new byte[in.room(rows, 1, "norms")];
      in.readBytes(normCodes);
      normQuantizer = readQuantizer(in, 1);
    }
    return new QuantizedMatrix(rows, dim, codes, quantizer, normCodes, normQuantizer);
  }

  private static ProductQuantizer readQuantizer(ModelInput in, int expectedDim) throws IOException {
    int dim = in.readInt();
    int parts = in.readInt();
    int dsub = in.readInt();
    int lastDsub = in.readInt();
    if (dim != expectedDim
        || dsub < 1
        || dsub > dim
        || parts != ProductQuantizer.parts(dim, dsub)
        || lastDsub != dim - (parts - 1) * dsub) {
      throw in.malformed(
          "its quantizer cuts " + dim + " columns into " + parts + " parts of " + dsub + ", the last of " + lastDsub);
    }
    var centroids = new float[in.room((long) dim * ProductQuantizer.CENTROIDS, 4, "centroid coordinates")];
    in.readFloats(centroids);
    return new ProductQuantizer(dim, dsub, centroids);
  }

  /** The size of a model's file in bytes. */
  static long size(FastText model) {
    try (var counter = new ByteCounter()) {
      write(model, new ModelOutput(counter));
      return counter.bytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void write(FastText model, ModelOutput out) throws IOException {
    FastTextConfig config = model.config();
    out.writeInt(MAGIC);
    out.writeInt(VERSION);
    out.writeInt(config.dim());
    out.writeInt(config.ws());
    out.writeInt(config.epoch());
    out.writeInt(config.minCount());
    out.writeInt(config.neg());
    out.writeInt(config.wordNgrams());
    out.writeInt(config.loss().code());
    out.writeInt(config.task().code());
    out.writeInt(config.bucket());
    out.writeInt(config.minn());
    out.writeInt(config.maxn());
    out.writeInt(config.lrUpdateRate());
    out.writeDouble(config.t());
    writeDictionary(model.dictionary(), out);
    out.writeBoolean(model.input() instanceof QuantizedMatrix);
    writeMatrix(model.input(), out);
    out.writeBoolean(model.output() instanceof QuantizedMatrix);
    writeMatrix(model.output(), out);
    out.flush();
  }

  private static void writeDictionary(Dictionary dictionary, ModelOutput out) throws IOException {
    PruneIndex pruned = dictionary.pruned();
    out.writeInt(dictionary.size());
    out.writeInt(dictionary.wordCount());
    out.writeInt(dictionary.labelCount());
    out.writeLong(dictionary.tokenCount());
    out.writeLong(pruned == null ? -1 : pruned.size());
    WordTable entries = dictionary.entries();
    for (int e = 0; e < dictionary.size(); e++) {
      out.writeBytes(entries.pool(), entries.start(e), entries.end(e));
      out.writeByte(0);
      out.writeLong(dictionary.count(e));
      out.writeByte(e < dictionary.wordCount() ? 0 : 1);
    }
    if (pruned != null) {
      int[] buckets = pruned.bucketsByRow();
      for (int row = 0; row < buckets.length; row++) {
        out.writeInt(buckets[row]);
        out.writeInt(row);
      }
    }
  }

  private static void writeMatrix(RowMatrix matrix, ModelOutput out) throws IOException {
    switch (matrix) {
      case DenseMatrix dense -> {
        out.writeLong(dense.rows());
        out.writeLong(dense.dim());
        for (float[] page : dense.pages()) {
          out.writeFloats(page);
        }
      }
      case QuantizedMatrix quantized -> writeQuantized(quantized, out);
    }
  }

  private static void writeQuantized(QuantizedMatrix matrix, ModelOutput out) throws IOException {
    byte @Nullable [] normCodes = matrix.normCodes();
    ProductQuantizer normQuantizer = matrix.normQuantizer();
    out.writeBoolean(normCodes != null);
    out.writeLong(matrix.rows());
    out.writeLong(matrix.dim());
    out.writeInt(matrix.codes().length);
    out.writeBytes(matrix.codes(), 0, matrix.codes().length);
    writeQuantizer(matrix.quantizer(), out);
    if (normCodes != null && normQuantizer != null) {
      out.writeBytes(normCodes, 0, normCodes.length);
      writeQuantizer(normQuantizer, out);
    }
  }

  private static void writeQuantizer(ProductQuantizer quantizer, ModelOutput out) throws IOException {
    out.writeInt(quantizer.dim());
    out.writeInt(quantizer.parts());
    out.writeInt(quantizer.dsub());
    out.writeInt(quantizer.lastDsub());
    out.writeFloats(quantizer.centroids());
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
