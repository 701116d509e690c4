package crema.run;

import crema.base.UserError;
import crema.data.Row;
import crema.langid.Language;
import crema.langid.LanguageDetector;
import crema.metrics.GroupMetrics;
import crema.metrics.Outcomes;
import crema.report.TestReport;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Whether a test tells its metrics language by language, and how.
 *
 * @param column the column that holds the language of a row, or null
 * @param detect whether {@link LanguageDetector#shipped} tells the language of a row from its text
 * @param minCount languages of fewer test rows are left out, as metrics say little about them
 * @param top how many languages are told at most, those of the most rows
 */
public record Languages(@Nullable String column, boolean detect, int minCount, int top) {
  /** No metrics by language. */
  public static final Languages NONE = new Languages(null, false, 10, 20);

  private static final String UNKNOWN = "unknown";

  /** Checks the combination. */
  public Languages {
    if (column != null && detect) {
      throw new UserError("language and detect-language exclude each other: languages are in a column, or detected");
    }
    if (minCount < 1 || top < 1) {
      throw new UserError((minCount < 1 ? "language-min-count" : "language-top") + " must be at least 1");
    }
  }

  /** Whether there are metrics by language. */
  public boolean areTold() {
    return column != null || detect;
  }

  /** What tells the language of a row; {@code unknown} where there is none. */
  public Function<Row, String> reader() {
    if (!detect) {
      return row -> {
        String language = row.meta().language();
        return language == null || language.isBlank() ? UNKNOWN : language.strip();
      };
    }
    LanguageDetector detector = LanguageDetector.shipped();
    return row -> detector.detect(row.text(), 1).stream()
        .findFirst().map(Language::code).orElse(UNKNOWN);
  }

  /**
   * Adds the metrics of each language to a report.
   *
   * @param languages the language of each document of the outcomes
   */
  void addTo(TestReport.Builder report, Outcomes outcomes, List<String> languages) {
    if (areTold()) {
      report.groups("Language", GroupMetrics.by(outcomes, languages, minCount, top));
    }
  }
}
