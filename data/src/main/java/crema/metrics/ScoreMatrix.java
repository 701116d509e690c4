package crema.metrics;

import java.util.Arrays;

/** A model's scores, {@code [documents, labels]}: probabilities or logits, as whoever takes the matrix says. */
public final class ScoreMatrix {

  private final float[] values;
  private final int documents;
  private final int labels;

  private ScoreMatrix(float[] values, int documents, int labels) {
    this.values = values;
    this.documents = documents;
    this.labels = labels;
  }

  /**
   * Wraps {@code values} without copying them.
   *
   * @param values the scores, row by row, {@code [documents * labels]}
   * @throws IllegalArgumentException if there are more or fewer values, or one of them is NaN
   */
  public static ScoreMatrix of(float[] values, int documents, int labels) {
    if (values.length != (long) documents * labels) {
      throw new IllegalArgumentException(
          "%d scores for %d documents of %d labels".formatted(values.length, documents, labels));
    }
    for (int i = 0; i < values.length; i++) {
      if (Float.isNaN(values[i])) {
        throw new IllegalArgumentException(
            "document %d scores NaN for label %d: the model has diverged".formatted(i / labels, i % labels));
      }
    }
    return new ScoreMatrix(values, documents, labels);
  }

  /**
   * Copies rows of equal length, {@code [documents][labels]}.
   *
   * @throws IllegalArgumentException if a row has another length than the first, one score is NaN, or all together
   *     exceed an array
   */
  public static ScoreMatrix of(float[][] rows) {
    int labels = rows.length == 0 ? 0 : rows[0].length;
    if ((long) rows.length * labels > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          "%d documents of %d labels exceed one array: evaluate in parts".formatted(rows.length, labels));
    }
    var values = new float[rows.length * labels];
    for (int document = 0; document < rows.length; document++) {
      if (rows[document].length != labels) {
        throw new IllegalArgumentException(
            "document %d has %d scores, document 0 has %d".formatted(document, rows[document].length, labels));
      }
      System.arraycopy(rows[document], 0, values, document * labels, labels);
    }
    return of(values, rows.length, labels);
  }

  /** The number of rows. */
  public int documents() {
    return documents;
  }

  /** The number of columns. */
  public int labels() {
    return labels;
  }

  /** One score. */
  public float score(int document, int label) {
    return values[document * labels + label];
  }

  /** The label with the highest score; of equal ones the first. */
  public int best(int document) {
    int best = 0;
    for (int label = 1; label < labels; label++) {
      if (score(document, label) > score(document, best)) {
        best = label;
      }
    }
    return best;
  }

  /** The label with the highest score for each document. */
  public int[] best() {
    var best = new int[documents];
    Arrays.setAll(best, this::best);
    return best;
  }

  /** All scores divided by a number. */
  public ScoreMatrix dividedBy(double divisor) {
    var quotients = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      quotients[i] = (float) (values[i] / divisor);
    }
    return new ScoreMatrix(quotients, documents, labels);
  }

  /** Of logits: the softmax of each row divided by {@code temperature}. */
  public ScoreMatrix softmax(double temperature) {
    var probabilities = new float[values.length];
    for (int document = 0; document < documents; document++) {
      double logSum = logSumExp(document, temperature);
      for (int label = 0; label < labels; label++) {
        probabilities[document * labels + label] = (float) Math.exp(score(document, label) / temperature - logSum);
      }
    }
    return new ScoreMatrix(probabilities, documents, labels);
  }

  /** Of logits: the logistic function of each one divided by {@code temperature}. */
  public ScoreMatrix sigmoid(double temperature) {
    var probabilities = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      probabilities[i] = (float) (1 / (1 + Math.exp(-values[i] / temperature)));
    }
    return new ScoreMatrix(probabilities, documents, labels);
  }

  /** log Σ exp(score / temperature) of a row, without overflow. */
  double logSumExp(int document, double temperature) {
    double highest = score(document, best(document)) / temperature;
    double sum = 0;
    for (int label = 0; label < labels; label++) {
      sum += Math.exp(score(document, label) / temperature - highest);
    }
    return highest + Math.log(sum);
  }

  void requireDocuments(int truthRows) {
    if (truthRows != documents) {
      throw new IllegalArgumentException("scores of %d documents but truth of %d".formatted(documents, truthRows));
    }
  }
}
