package crema.data;

import crema.base.NearestName;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * How one text column is made of a raw row.
 *
 * @param from where its values stand; those that a row has are put one behind the other
 * @param between what stands between the values of several paths
 * @param join what stands between the items of a list
 * @param entries what stands between the entries of a map, each of which is its key, {@link #COLON} and its value
 * @param prefix what the text begins with, unless it is empty
 * @param word what a flag is in the text where it is set; where it is not, it is nothing. Empty for values that are no flags
 */
public record RecipeField(List<FieldPath> from, TextJoiner between, TextJoiner join, TextJoiner entries, String prefix,
    Optional<String> word) {
  /** Stands between the key and the value of an entry. */
  static final String COLON = ": ";

  private static final Set<String> SETTINGS =
      new TreeSet<>(Set.of("from", "between", "join", "entries", "prefix", "word"));

  /** Copies the list. */
  public RecipeField {
    from = List.copyOf(from);
  }

  /**
   * Reads a field.
   *
   * @param name of the field, for messages
   * @param settings the values of each
   * @throws DataException if there is no such setting, one has several values, or there is no {@code from}
   */
  static RecipeField of(String name, Map<String, List<String>> settings) {
    settings.forEach((setting, values) -> {
      if (!SETTINGS.contains(setting)) {
        throw new DataException(name + ": a field has no '" + setting + "'"
            + NearestName.suggestion(setting, SETTINGS) + " It has: " + String.join(", ", SETTINGS));
      }
      if (values.size() != 1 && !setting.equals("from")) {
        throw new DataException(name + "." + setting + " takes one value, not a list");
      }
    });
    List<String> from = settings.getOrDefault("from", List.of());
    if (from.isEmpty()) {
      throw new DataException(name + ": say where its values stand, for instance from: text_fields." + name);
    }
    String word = one(settings, "word", "");
    return new RecipeField(from.stream().map(FieldPath::new).toList(), new TextJoiner(one(settings, "between", " ")),
        new TextJoiner(one(settings, "join", ", ")), new TextJoiner(one(settings, "entries", ". ")),
        one(settings, "prefix", ""), word.isBlank() ? Optional.empty() : Optional.of(word));
  }

  private static String one(Map<String, List<String>> settings, String name, String otherwise) {
    return settings.getOrDefault(name, List.of(otherwise)).getFirst();
  }
}
