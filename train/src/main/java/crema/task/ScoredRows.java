package crema.task;

import crema.metrics.ScoreMatrix;
import java.util.List;

/**
 * What a model says of labelled rows.
 *
 * @param logits {@code [rows, labels]}
 * @param truth the true labels of each row, {@code [rows][]}
 * @param languages the language of each row; empty if nobody asked
 */
@SuppressWarnings("ArrayRecordComponent") // carries arrays to metrics; never compared
public record ScoredRows(ScoreMatrix logits, int[][] truth, List<String> languages) {
  /** Copies the languages. */
  public ScoredRows {
    languages = List.copyOf(languages);
  }

  /** The same with the language of each row. */
  public ScoredRows withLanguages(List<String> newLanguages) {
    return new ScoredRows(logits, truth, newLanguages);
  }
}
