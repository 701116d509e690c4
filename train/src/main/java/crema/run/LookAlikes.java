package crema.run;

import crema.data.ProblemListener;
import crema.data.Row;
import crema.data.RowCursor;
import crema.data.RowSource;
import crema.report.TextTable;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Labels that a person would take for one: they differ in white space, case, how characters are composed, or 1, 1.0 and 01. */
public final class LookAlikes {
  private static final int SHOWN = 3;
  private static final Pattern BLANKS = Pattern.compile("[\\p{Z}\\s]+");
  /** Characters of no width, and those that choose between two looks of another. */
  private static final Pattern UNSEEN = Pattern.compile("[\\p{Cf}\\uFE00-\\uFE0F]+");
  /** Whole numbers, as a spreadsheet or a column with gaps may change them. */
  private static final Pattern WHOLE = Pattern.compile("\\+?(-?)0*(\\d+)(?:\\.0*)?");

  private LookAlikes() {}

  /**
   * A warning that names some of them; nothing if all labels differ in what can be seen.
   *
   * @param rows by which it says where each is met first; read only if there are any
   */
  static Optional<String> among(List<String> labels, RowSource rows) {
    List<List<String>> groups = groups(labels);
    if (groups.isEmpty()) {
      return Optional.empty();
    }
    List<List<String>> named = groups.subList(0, Math.min(SHOWN, groups.size()));
    Map<String, String> places = places(named.stream().flatMap(List::stream).collect(Collectors.toSet()), rows);
    return Optional.of("labels that look alike are different labels: " + named.stream()
        .map(group -> group.stream().map(label -> shown(label)
            + (places.containsKey(label) ? " (" + places.get(label) + ")" : "")).collect(Collectors.joining(" and ")))
        .collect(Collectors.joining("; "))
        + (groups.size() > SHOWN ? String.format(Locale.ROOT, "; and %,d more", groups.size() - SHOWN) : ""));
  }

  /** Where each of some labels is met first. */
  private static Map<String, String> places(Set<String> labels, RowSource rows) {
    Map<String, String> places = new HashMap<>();
    try (RowCursor cursor = rows.open(ProblemListener.SILENT)) {
      for (Row row = cursor.next(); row != null && places.size() < labels.size(); row = cursor.next()) {
        for (String label : row.labels()) {
          if (labels.contains(label)) {
            places.putIfAbsent(label, row.meta().location());
          }
        }
      }
    }
    return places;
  }

  /** The labels that look alike, those together that a person would take for one. */
  public static List<List<String>> groups(List<String> labels) {
    Map<String, List<String>> alike = new LinkedHashMap<>();
    for (String label : labels) {
      alike.computeIfAbsent(key(label), _ -> new ArrayList<>()).add(label);
    }
    return alike.values().stream().filter(group -> group.size() > 1).map(List::copyOf).toList();
  }

  private static String key(String label) {
    String seen = UNSEEN.matcher(Normalizer.normalize(label, Normalizer.Form.NFKC)).replaceAll("");
    String plain = BLANKS.matcher(seen).replaceAll(" ").strip()
        .toLowerCase(Locale.ROOT);
    Matcher number = WHOLE.matcher(plain);
    return number.matches() ? number.group(1) + number.group(2) : plain;
  }

  /** A label in quotes, with codes for what cannot be seen or told from other characters. */
  public static String shown(String label) {
    return "'" + TextTable.visible(label) + "'";
  }
}
