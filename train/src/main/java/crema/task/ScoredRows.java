package crema.task;

import crema.metrics.ScoreMatrix;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a model says of labelled rows.
 *
 * @param logits {@code [rows, labels]}
 * @param truth the true labels of each row, {@code [rows][]}
 * @param languages the language of each row; empty if nobody asked
 * @param weights as how many rows each row counts, {@code [rows]}; null for one each
 */
@SuppressWarnings("ArrayRecordComponent") // carries arrays to metrics; never compared
public record ScoredRows(ScoreMatrix logits, int[][] truth, List<String> languages,
    double @Nullable [] weights) {
  /** Copies the languages. */
  public ScoredRows {
    languages = List.copyOf(languages);
  }

  /** Rows that count once each. */
  public ScoredRows(ScoreMatrix logits, int[][] truth, List<String> languages) {
    this(logits, truth, languages, null);
  }

  /** No rows, of a run that has none to validate or to test with. */
  public static ScoredRows none(int labels) {
    return new ScoredRows(ScoreMatrix.of(new float[0], 0, labels), new int[0][], List.of());
  }

  /** The rows of several parts, one part after the other; all of the same labels. */
  public static ScoredRows concat(List<ScoredRows> parts) {
    ScoreMatrix.Builder logits = ScoreMatrix.builder(parts.getFirst().logits.labels());
    var truth = new ArrayList<int[]>();
    var weights = new ArrayList<Double>();
    for (ScoredRows part : parts) {
      for (int row = 0; row < part.truth.length; row++) {
        logits.add(part.logits.row(row));
        truth.add(part.truth[row]);
        weights.add(part.weight(row));
      }
    }
    return new ScoredRows(logits.build(), truth.toArray(int[][]::new), List.of(),
        weights.stream().mapToDouble(Double::doubleValue).toArray());
  }

  /** Whether there is no row. */
  public boolean isEmpty() {
    return truth.length == 0;
  }

  /** As how many rows a row counts. */
  public double weight(int row) {
    return weights == null ? 1 : weights[row];
  }

  /** The same with the language of each row. */
  public ScoredRows withLanguages(List<String> newLanguages) {
    return new ScoredRows(logits, truth, newLanguages, weights);
  }
}
