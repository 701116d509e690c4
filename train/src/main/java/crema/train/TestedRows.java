package crema.train;

import crema.metrics.Outcomes;
import java.util.List;

/**
 * What a test found.
 *
 * @param outcomes true and predicted labels of each row
 * @param languages the language of each row; empty if nobody asked
 */
record TestedRows(Outcomes outcomes, List<String> languages) {
  TestedRows {
    languages = List.copyOf(languages);
  }
}
