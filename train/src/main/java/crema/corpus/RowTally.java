package crema.corpus;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Rows by label and by language. */
final class RowTally implements AutoCloseable {
  private static final int MOST_LABELS = 100;

  private final int languageEvery;
  private final Map<String, TopCounts> languagesOf = new TreeMap<>();
  private final TopCounts labels = new TopCounts();
  private final TopCounts languages = new TopCounts();
  /** Made for the first row whose language is to be detected. */
  private @Nullable RowLanguages detector;
  private @Nullable ClusterClasses classes;
  private @Nullable String labelField;
  private long detected;
  private long seen;

  /**
   * No rows yet.
   *
   * @param languageEvery the language of every so many rows is detected, where no field says it; 0 for none
   */
  RowTally(int languageEvery) {
    this.languageEvery = languageEvery;
  }

  /** Gives rows without a label the class of their cluster from now on. */
  void label(@Nullable ClusterClasses clusters) {
    classes = clusters;
  }

  /** Counts a row. */
  void add(DiscoveredRow row) {
    String label = row.label();
    labelField = label == null ? labelField : row.labelField();
    if (label == null && classes != null && row.cluster() != ClusterNumber.NONE) {
      int place = classes.place(row.cluster());
      label = place < 0 ? null : classes.classes().get(classes.label(place));
    }
    if (label != null) {
      labels.add(label);
    }
    String language = row.language();
    if (language == null && languageEvery > 0 && seen % languageEvery == 0 && !row.text().isEmpty()) {
      if (detector == null) {
        detector = new RowLanguages();
      }
      language = detector.of(row.text());
      detected++;
    }
    seen++;
    if (language != null) {
      languages.add(language);
      String key = label == null ? "(no label)" : label;
      if (languagesOf.size() < MOST_LABELS || languagesOf.containsKey(key)) {
        languagesOf.computeIfAbsent(key, _ -> new TopCounts()).add(language);
      }
    }
  }

  TopCounts labels() {
    return labels;
  }

  /** The field that the last label came from; null if none did. */
  @Nullable
  String labelField() {
    return labelField;
  }

  TopCounts languages() {
    return languages;
  }

  Map<String, TopCounts> languagesByLabel() {
    return languagesOf;
  }

  /** Of how many rows the language was detected. */
  long detected() {
    return detected;
  }

  @Override
  public void close() {
    if (detector != null) {
      detector.close();
    }
  }
}
