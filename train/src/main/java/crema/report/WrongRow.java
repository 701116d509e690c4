package crema.report;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A row of a test that is answered wrongly.
 *
 * @param text with the words that speak for the answer rather than for the truth
 * @param labels those that the row has
 * @param answered those that the model gives
 * @param probability of the answer: of several labels, the least
 * @param picture a small one of its picture, as the address of a page that has it embedded; null if it has none
 */
public record WrongRow(MarkedText text, List<String> labels, List<String> answered, double probability,
    @Nullable String picture) {
  /** Copies the lists. */
  public WrongRow {
    labels = List.copyOf(labels);
    answered = List.copyOf(answered);
  }
}
