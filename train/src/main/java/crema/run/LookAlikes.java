package crema.run;

import crema.report.TextTable;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Labels that a person would take for one: they differ in white space, case, how characters are composed, or 1 and 1.0. */
public final class LookAlikes {
  private static final int SHOWN = 3;
  private static final Pattern BLANKS = Pattern.compile("[\\p{Z}\\p{Cf}\\s]+");
  private static final Pattern WHOLE = Pattern.compile("([-+]?\\d+)\\.0+");

  private LookAlikes() {}

  /** A warning that names some of them; nothing if all labels differ in what can be seen. */
  static Optional<String> among(List<String> labels) {
    List<String> groups = groups(labels).stream()
        .map(group -> group.stream().map(LookAlikes::shown).collect(Collectors.joining(" and "))).toList();
    if (groups.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of("labels that look alike are different labels: " + String.join("; ",
        groups.subList(0, Math.min(SHOWN, groups.size())))
        + (groups.size() > SHOWN ? "; and %,d more".formatted(groups.size() - SHOWN) : ""));
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
    String plain = BLANKS.matcher(Normalizer.normalize(label, Normalizer.Form.NFKC)).replaceAll(" ").strip()
        .toLowerCase(Locale.ROOT);
    return WHOLE.matcher(plain).replaceFirst("$1");
  }

  /** A label in quotes, with codes for what cannot be seen or told from other characters. */
  public static String shown(String label) {
    return "'" + TextTable.visible(label) + "'";
  }
}
