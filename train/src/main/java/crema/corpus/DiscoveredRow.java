package crema.corpus;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is needed of a row beside the counts of its fields: its label, its language, its cluster and some of its text. */
final class DiscoveredRow {
  /** The field with the number of a cluster. */
  static final String CLUSTER = "cluster_id";

  private static final int DETECTED_CHARACTERS = 300;
  /** Names of fields that hold labels, the likeliest first. */
  private static final List<String> LABELS = List.of("label", "labels", "category", "class", "target", "topic");
  private static final Set<String> LANGUAGES = Set.of("language", "lang", "inlanguage", "locale");

  private final @Nullable String wanted;
  private final StringBuilder text = new StringBuilder();
  private @Nullable String label;
  private @Nullable String labelField;
  private int labelRank = Integer.MAX_VALUE;
  private @Nullable String language;
  private long cluster = ClusterNumber.NONE;

  /**
   * A row without fields.
   *
   * @param wanted the field that holds the label; null to choose one by its name
   */
  DiscoveredRow(@Nullable String wanted) {
    this.wanted = wanted;
  }

  /**
   * Takes the value of a field.
   *
   * @param schema counts it
   */
  void add(SchemaCounts schema, String path, FieldCounts.Type type, String value) {
    schema.field(path).add(type, value);
    String name = path.toLowerCase(Locale.ROOT);
    if (name.equals(CLUSTER)) {
      byte[] digits = value.getBytes(StandardCharsets.UTF_8);
      cluster = ClusterNumber.of(digits, 0, digits.length);
    } else if (LANGUAGES.contains(name)) {
      language = value.strip();
    }
    int rank = wanted == null ? LABELS.indexOf(name) : path.equals(wanted) ? 0 : -1;
    if (rank >= 0 && rank < labelRank && !value.isBlank()) {
      label = value.strip();
      labelRank = rank;
      labelField = path;
    } else if (type == FieldCounts.Type.TEXT && value.indexOf(' ') > 0 && text.length() < DETECTED_CHARACTERS) {
      text.append(value).append(' ');
    }
  }

  /** The label; null if there is none. */
  @Nullable
  String label() {
    return label;
  }

  /** The field that the label comes from. */
  @Nullable
  String labelField() {
    return labelField;
  }

  /** What a field says of the language. */
  @Nullable
  String language() {
    return language;
  }

  /** The number of the cluster, or {@link ClusterNumber#NONE}. */
  long cluster() {
    return cluster;
  }

  /** Some of the texts of several words. */
  String text() {
    return text.toString();
  }
}
