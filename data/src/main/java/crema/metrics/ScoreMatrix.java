package crema.metrics;

import crema.base.UserError;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Locale;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A model's scores, {@code [documents, labels]}: probabilities or logits, as whoever takes the matrix says. Few are held
 * in memory. Many, as {@link #builder} collects them, are in a temporary file, and what is computed of them is computed
 * again whenever a row is read, so that a matrix of any size takes little memory: read it row by row.
 */
public final class ScoreMatrix {
  private final Values values;
  private final int documents;
  private final int labels;
  /** The most scores that are held in memory, of this matrix and those that are computed of it. */
  private final long held;
  /** The row that was read last where rows are computed. */
  private @Nullable Row last;

  private ScoreMatrix(Values values, int documents, int labels, long held) {
    this.values = values;
    this.documents = documents;
    this.labels = labels;
    this.held = held;
  }

  /** Where the scores are. */
  private sealed interface Values {}

  @SuppressWarnings("ArrayRecordComponent") // large; never compared
  private record InMemory(float[] values) implements Values {}

  private record InFile(MemorySegment values) implements Values {}

  private record Computed(ScoreMatrix source, UnaryOperator<float[]> ofRow) implements Values {}

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Row(int document, float[] values) {}

  /**
   * Wraps {@code values} without copying them.
   *
   * @param values the scores, row by row, {@code [documents * labels]}
   * @throws IllegalArgumentException if there are more or fewer values
   * @throws UserError if one of them is NaN
   */
  public static ScoreMatrix of(float[] values, int documents, int labels) {
    if (values.length != (long) documents * labels) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "%d scores for %d documents of %d labels", values.length, documents, labels));
    }
    for (int i = 0; i < values.length; i++) {
      if (Float.isNaN(values[i])) {
        throw diverged(i / labels, i % labels);
      }
    }
    return inMemory(values, documents, labels, ScoreSpool.HELD);
  }

  /**
   * Copies rows of equal length, {@code [documents][labels]}.
   *
   * @throws IllegalArgumentException if a row has another length than the first
   * @throws UserError if one score is NaN
   */
  public static ScoreMatrix of(float[][] rows) {
    Builder builder = builder(rows.length == 0 ? 0 : rows[0].length);
    for (float[] row : rows) {
      builder.add(row);
    }
    return builder.build();
  }

  /** Collects rows one after the other, in a temporary file once they are many. */
  public static Builder builder(int labels) {
    return builder(labels, ScoreSpool.HELD);
  }

  /**
   * Collects rows one after the other.
   *
   * @param held the most scores that are held in memory
   */
  public static Builder builder(int labels, long held) {
    return new Builder(labels, held);
  }

  /** Rows of a matrix that becomes whole. Not thread-safe. */
  public static final class Builder {
    private final int labels;
    private final long held;
    private final ScoreSpool spool;
    private int documents;

    private Builder(int labels, long held) {
      this.labels = labels;
      this.held = held;
      spool = new ScoreSpool(held);
    }

    /**
     * Adds a row, which is copied.
     *
     * @param row {@code [labels]}
     * @throws IllegalArgumentException if it has another length
     * @throws UserError if one score is NaN, or there is no room for it on the disk
     */
    public void add(float[] row) {
      if (row.length != labels) {
        throw new IllegalArgumentException(
            String.format(Locale.ROOT,
                "document %d has %d scores, but there are %d labels", documents, row.length, labels));
      }
      requireNumbers(documents, row);
      spool.add(row);
      documents = Math.incrementExact(documents);
    }

    /** How many rows there are. */
    public int documents() {
      return documents;
    }

    /** All rows. Nothing can be added any more. */
    public ScoreMatrix build() {
      return spool.file().map(file -> new ScoreMatrix(new InFile(file), documents, labels, held))
          .orElseGet(() -> inMemory(spool.array(), documents, labels, held));
    }
  }

  private static ScoreMatrix inMemory(float[] values, int documents, int labels, long held) {
    return new ScoreMatrix(new InMemory(values), documents, labels, held);
  }

  private static void requireNumbers(int document, float[] row) {
    for (int label = 0; label < row.length; label++) {
      if (Float.isNaN(row[label])) {
        throw diverged(document, label);
      }
    }
  }

  private static UserError diverged(int document, int label) {
    return new UserError(
        String.format(Locale.ROOT, "document %d scores NaN for label %d: the model has diverged", document, label));
  }

  /** The number of rows. */
  public int documents() {
    return documents;
  }

  /** The number of columns. */
  public int labels() {
    return labels;
  }

  /** One score. To read all, read {@linkplain #row(int) rows}, one after the other. */
  public float score(int document, int label) {
    return switch (values) {
      case InMemory(float[] array) -> array[document * labels + label];
      case InFile(MemorySegment file) -> file.getAtIndex(ValueLayout.JAVA_FLOAT, (long) document * labels + label);
      case Computed computed -> last(computed, document)[label];
    };
  }

  /** The scores of a document, a copy, {@code [labels]}. */
  public float[] row(int document) {
    var row = new float[labels];
    return read(document, row);
  }

  /** Reads the scores of a document into an array of as many as there are labels, which is returned, or into another. */
  float[] read(int document, float[] row) {
    switch (values) {
      case InMemory(float[] array) -> System.arraycopy(array, document * labels, row, 0, labels);
      case InFile(MemorySegment file) -> MemorySegment.copy(file, ValueLayout.JAVA_FLOAT,
          (long) document * labels * Float.BYTES, row, 0, labels);
      case Computed(ScoreMatrix source, UnaryOperator<float[]> ofRow) -> {
        float[] computed = ofRow.apply(source.read(document, row));
        requireNumbers(document, computed);
        return computed;
      }
    }
    return row;
  }

  /** A row and its number are one object, so that threads that read different rows at most compute one again. */
  private float[] last(Computed computed, int document) {
    Row row = last;
    if (row == null || row.document != document) {
      row = new Row(document, read(document, new float[labels]));
      last = row;
    }
    return row.values;
  }

  /** The label with the highest score; of equal ones the first. */
  public int best(int document) {
    return switch (values) {
      case InMemory(float[] array) -> best(array, document * labels, labels);
      default -> best(row(document), 0, labels);
    };
  }

  /** The index of the highest score; of equal ones the first. */
  static int best(float[] row) {
    return best(row, 0, row.length);
  }

  private static int best(float[] scores, int from, int labels) {
    int best = 0;
    for (int label = 1; label < labels; label++) {
      if (scores[from + label] > scores[from + best]) {
        best = label;
      }
    }
    return best;
  }

  /** The label with the highest score for each document. */
  public int[] best() {
    var best = new int[documents];
    for (int document = 0; document < documents; document++) {
      best[document] = best(document);
    }
    return best;
  }

  /**
   * What is computed of each row.
   *
   * @param ofRow takes the scores of a document, which it may overwrite, and returns as many others; of the same scores
   *     always the same
   */
  public ScoreMatrix mapRows(UnaryOperator<float[]> ofRow) {
    var computed = new ScoreMatrix(new Computed(this, ofRow), documents, labels, held);
    if ((long) documents * labels > held) {
      return computed;
    }
    Builder builder = builder(labels, held);
    for (int document = 0; document < documents; document++) {
      builder.add(computed.read(document, new float[labels]));
    }
    return builder.build();
  }

  /** All scores divided by a number. */
  public ScoreMatrix dividedBy(double divisor) {
    return mapRows(row -> {
      for (int label = 0; label < row.length; label++) {
        row[label] = (float) (row[label] / divisor);
      }
      return row;
    });
  }

  /** Of logits: the softmax of each row divided by {@code temperature}. */
  public ScoreMatrix softmax(double temperature) {
    return mapRows(row -> {
      double logSum = logSumExp(row, temperature);
      for (int label = 0; label < row.length; label++) {
        row[label] = (float) Math.exp(row[label] / temperature - logSum);
      }
      return row;
    });
  }

  /** Of logits: the logistic function of each one divided by {@code temperature}. */
  public ScoreMatrix sigmoid(double temperature) {
    return mapRows(row -> {
      for (int label = 0; label < row.length; label++) {
        row[label] = (float) (1 / (1 + Math.exp(-row[label] / temperature)));
      }
      return row;
    });
  }

  /** A function of each score. */
  ScoreMatrix map(Function function) {
    return mapRows(row -> {
      for (int label = 0; label < row.length; label++) {
        row[label] = function.of(row[label]);
      }
      return row;
    });
  }

  /** What a score becomes. */
  @FunctionalInterface
  interface Function {
    float of(float score);
  }

  /** log Σ exp(score / temperature) of a row, without overflow. */
  static double logSumExp(float[] row, double temperature) {
    double highest = row[best(row)] / temperature;
    double sum = 0;
    for (float score : row) {
      sum += Math.exp(score / temperature - highest);
    }
    return highest + Math.log(sum);
  }

  void requireDocuments(int truthRows) {
    if (truthRows != documents) {
      throw new IllegalArgumentException(String.format(Locale.ROOT,
          "scores of %d documents but truth of %d", documents, truthRows));
    }
  }
}
