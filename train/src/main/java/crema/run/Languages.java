package crema.run;

import crema.data.Row;
import crema.data.RowMeta;
import crema.data.RowSource;
import crema.langid.Language;
import crema.langid.LanguageDetector;
import crema.metrics.GroupMetrics;
import crema.metrics.Outcomes;
import crema.report.TestReport;
import crema.settings.Section;
import crema.settings.Setting;
import crema.settings.Settings;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Whether a test reports its metrics by language, and how.
 *
 * @param settings with those of the {@link #SECTION}
 */
public record Languages(Settings settings) {
  /** Whether a test reports its metrics by language. */
  public static final Section SECTION = Section.of("Languages");

  public static final Setting<String> LANGUAGE = SECTION.optionalText("language").label("COLUMN")
      .help("Report metrics by language, which this column holds");
  public static final Setting<Boolean> DETECT_LANGUAGE = SECTION.flag("detect-language")
      .help("Report metrics by language, which is detected from the texts");
  public static final Setting<Integer> LANGUAGE_MIN_COUNT = SECTION.integer("language-min-count", 10).atLeast(1)
      .help("Leave out languages of fewer test rows");
  public static final Setting<Integer> LANGUAGE_TOP = SECTION.integer("language-top", 20).atLeast(1)
      .help("Report so many languages at most, the largest");

  /** No metrics by language. */
  public static final Languages NONE = new Languages(Settings.of(SECTION));

  private static final String UNKNOWN = "unknown";

  static {
    SECTION.rule(settings -> settings.find(LANGUAGE).isPresent() && settings.get(DETECT_LANGUAGE)
        ? "--language and --detect-language exclude each other: languages are in a column, or detected" : null,
        LANGUAGE, DETECT_LANGUAGE);
  }

  /** The column that holds the language of a row, if there is one. */
  public Optional<String> column() {
    return settings.find(LANGUAGE);
  }

  /** Whether there are metrics by language. */
  public boolean areReported() {
    return column().isPresent() || settings.get(DETECT_LANGUAGE);
  }

  /**
   * The rows with the language of each in its {@linkplain RowMeta metadata}: that of the column, or the detected one. So
   * it stays with the example that is made of a row. The same rows if there are no metrics by language.
   */
  public RowSource tagged(RowSource rows) {
    if (!areReported()) {
      return rows;
    }
    Function<Row, String> reader = reader();
    return rows.map("language", settings.get(DETECT_LANGUAGE) ? "detected" : "column",
        row -> row.withMeta(row.meta().withLanguage(reader.apply(row))));
  }

  /** What finds the language of a row: {@code unknown} where its column is empty, {@code und} where none is detected. */
  public Function<Row, String> reader() {
    if (!settings.get(DETECT_LANGUAGE)) {
      return row -> {
        String language = row.meta().language();
        return language == null || language.isBlank() ? UNKNOWN : language.strip();
      };
    }
    LanguageDetector detector = LanguageDetector.shipped();
    return row -> detector.answer(row.text()).map(Language::code).orElse(LanguageDetector.UNDETERMINED);
  }

  /**
   * Adds the metrics of each language to a report.
   *
   * @param languages the language of each document of the outcomes
   */
  void addTo(TestReport.Builder report, Outcomes outcomes, List<String> languages) {
    if (areReported()) {
      report.groups("Language", GroupMetrics.by(outcomes, languages, settings.get(LANGUAGE_MIN_COUNT),
          settings.get(LANGUAGE_TOP)));
    }
  }
}
