package crema.fasttext;

import crema.data.FastTextLines;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The hyper-parameters of fastText, under the names of its command line.
 *
 * @param task what is trained
 * @param loss how
 * @param dim the length of a vector
 * @param lr the learning rate at the start; it falls linearly to 0
 * @param lrUpdateRate the tokens between two changes of the learning rate
 * @param ws the largest distance between a word and a neighbour; word vectors only
 * @param epoch the passes over the data
 * @param minCount words seen less often get no vector of their own
 * @param minCountLabel labels seen less often are dropped
 * @param neg the wrong labels drawn for each right one with {@link LossKind#NEGATIVE_SAMPLING}
 * @param wordNgrams the longest word n-gram; 1 for single words only
 * @param bucket the rows shared by all n-grams, which are hashed to them; a model without n-grams has none
 * @param minn the shortest character n-gram
 * @param maxn the longest character n-gram; 0 for none
 * @param t the frequency above which words are sub-sampled; word vectors only
 * @param labelPrefix what labels begin with and words do not
 * @param pretrainedVectors a {@code .vec} file to start the input vectors from
 * @param shuffle whether each epoch visits the rows in a new order; the original reads them in the order of the file
 * @param threads how many threads train; it never changes the result, unless they are lock-free
 * @param lockFree whether threads change the model without waiting for each other, as the original's do; faster, but
 *     with several threads no two runs give the same model
 * @param seed of every random choice
 */
public record FastTextConfig(
    Task task,
    LossKind loss,
    int dim,
    double lr,
    int lrUpdateRate,
    int ws,
    int epoch,
    int minCount,
    int minCountLabel,
    int neg,
    int wordNgrams,
    int bucket,
    int minn,
    int maxn,
    double t,
    String labelPrefix,
    @Nullable Path pretrainedVectors,
    boolean shuffle,
    int threads,
    boolean lockFree,
    long seed) {

  /** Checks every value; a message names the flag and says what is right. */
  public FastTextConfig {
    require(dim > 0, "dim", dim, "must be at least 1");
    require(lr > 0 && lr < Double.POSITIVE_INFINITY, "lr", lr, "must be above 0");
    require(lrUpdateRate > 0, "lrUpdateRate", lrUpdateRate, "must be at least 1");
    require(ws > 0, "ws", ws, "must be at least 1");
    require(epoch >= 0, "epoch", epoch, "must not be negative");
    require(minCount >= 0, "minCount", minCount, "must not be negative");
    require(minCountLabel >= 0, "minCountLabel", minCountLabel, "must not be negative");
    require(neg >= 0, "neg", neg, "must not be negative");
    require(wordNgrams >= 1, "wordNgrams", wordNgrams, "must be at least 1");
    require(bucket >= 0, "bucket", bucket, "must not be negative");
    require(minn >= 0, "minn", minn, "must not be negative");
    require(maxn >= 0, "maxn", maxn, "must not be negative");
    require(t > 0, "t", t, "must be above 0");
    require(!labelPrefix.isEmpty(), "label", "''", "must not be empty");
    require(threads >= 1, "thread", threads, "must be at least 1");
    require(
        bucket > 0 || wordNgrams == 1 && maxn == 0, "bucket", bucket, "must be above 0 for word or character n-grams");
  }

  private static void require(boolean holds, String flag, Object value, String rule) {
    if (!holds) {
      throw new IllegalArgumentException(flag + " is " + value + ": it " + rule);
    }
  }

  /** The original's defaults for a classifier. */
  public static Builder supervised() {
    var builder = new Builder(Task.SUPERVISED);
    builder.loss = LossKind.SOFTMAX;
    builder.minCount = 1;
    builder.minn = 0;
    builder.maxn = 0;
    builder.lr = 0.1;
    return builder;
  }

  /** The original's defaults for skip-gram word vectors. */
  public static Builder skipgram() {
    return new Builder(Task.SKIPGRAM);
  }

  /** The original's defaults for word vectors from bags of neighbours. */
  public static Builder cbow() {
    return new Builder(Task.CBOW);
  }

  /** This configuration without buckets, unless there are n-grams to put in them. */
  FastTextConfig withoutUnusedBuckets() {
    return wordNgrams <= 1 && maxn == 0 ? toBuilder().bucket(0).build() : this;
  }

  /** A builder that holds this configuration. */
  public Builder toBuilder() {
    var builder = new Builder(task);
    builder.loss = loss;
    builder.dim = dim;
    builder.lr = lr;
    builder.lrUpdateRate = lrUpdateRate;
    builder.ws = ws;
    builder.epoch = epoch;
    builder.minCount = minCount;
    builder.minCountLabel = minCountLabel;
    builder.neg = neg;
    builder.wordNgrams = wordNgrams;
    builder.bucket = bucket;
    builder.minn = minn;
    builder.maxn = maxn;
    builder.t = t;
    builder.labelPrefix = labelPrefix;
    builder.pretrainedVectors = pretrainedVectors;
    builder.shuffle = shuffle;
    builder.threads = threads;
    builder.lockFree = lockFree;
    builder.seed = seed;
    return builder;
  }

  /** Collects hyper-parameters; every setter returns the builder. */
  public static final class Builder {
    private final Task task;
    private LossKind loss = LossKind.NEGATIVE_SAMPLING;
    private int dim = 100;
    private double lr = 0.05;
    private int lrUpdateRate = 100;
    private int ws = 5;
    private int epoch = 5;
    private int minCount = 5;
    private int minCountLabel = 0;
    private int neg = 5;
    private int wordNgrams = 1;
    private int bucket = 2_000_000;
    private int minn = 3;
    private int maxn = 6;
    private double t = 1e-4;
    private String labelPrefix = FastTextLines.LABEL_PREFIX;
    private @Nullable Path pretrainedVectors;
    private boolean shuffle = true;
    private int threads = Runtime.getRuntime().availableProcessors();
    private boolean lockFree;
    private long seed;

    private Builder(Task task) {
      this.task = task;
    }

    /** The loss. */
    public Builder loss(LossKind value) {
      loss = value;
      return this;
    }

    /** The size of vectors. */
    public Builder dim(int value) {
      dim = value;
      return this;
    }

    /** The learning rate at the start. */
    public Builder lr(double value) {
      lr = value;
      return this;
    }

    /** After how many tokens the learning rate changes. */
    public Builder lrUpdateRate(int value) {
      lrUpdateRate = value;
      return this;
    }

    /** The size of the context window. */
    public Builder ws(int value) {
      ws = value;
      return this;
    }

    /** How often the rows are read. */
    public Builder epoch(int value) {
      epoch = value;
      return this;
    }

    /** The fewest occurrences of a word that is kept. */
    public Builder minCount(int value) {
      minCount = value;
      return this;
    }

    /** The fewest occurrences of a label that is kept. */
    public Builder minCountLabel(int value) {
      minCountLabel = value;
      return this;
    }

    /** How many negatives are drawn. */
    public Builder neg(int value) {
      neg = value;
      return this;
    }

    /** The longest n-gram of words. */
    public Builder wordNgrams(int value) {
      wordNgrams = value;
      return this;
    }

    /** The number of buckets of n-grams. */
    public Builder bucket(int value) {
      bucket = value;
      return this;
    }

    /** The shortest character n-gram. */
    public Builder minn(int value) {
      minn = value;
      return this;
    }

    /** The longest character n-gram; 0 for none. */
    public Builder maxn(int value) {
      maxn = value;
      return this;
    }

    /** The threshold of frequency from which on words are skipped at random. */
    public Builder t(double value) {
      t = value;
      return this;
    }

    /** What labels begin with. */
    public Builder labelPrefix(String value) {
      labelPrefix = value;
      return this;
    }

    /** Vectors to start from, or null. */
    public Builder pretrainedVectors(@Nullable Path value) {
      pretrainedVectors = value;
      return this;
    }

    /** Whether rows are read in a random order. */
    public Builder shuffle(boolean value) {
      shuffle = value;
      return this;
    }

    /** How many threads train. */
    public Builder threads(int value) {
      threads = value;
      return this;
    }

    /** Whether threads do not wait for each other, so that the model differs from run to run. */
    public Builder lockFree(boolean value) {
      lockFree = value;
      return this;
    }

    /** The seed. */
    public Builder seed(long value) {
      seed = value;
      return this;
    }

    /**
     * The configuration.
     *
     * @throws IllegalArgumentException if a value is out of range
     */
    public FastTextConfig build() {
      return new FastTextConfig(
          task, loss, dim, lr, lrUpdateRate, ws, epoch, minCount, minCountLabel, neg, wordNgrams, bucket, minn, maxn,
          t, labelPrefix, pretrainedVectors, shuffle, threads, lockFree, seed);
    }
  }
}
