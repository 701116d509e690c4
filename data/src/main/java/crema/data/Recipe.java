package crema.data;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * How raw rows become text: text columns that no file has as they are, but are made of columns, or of what JSON in columns
 * holds. All that decides what is made is in its {@code toString}.
 *
 * @param fields the text columns that it makes, by their names
 * @param dropped paths of which nothing gets into a text, also where they stand in what does
 */
public record Recipe(Map<String, RecipeField> fields, Set<String> dropped) {
  /** Makes no column: all are read as files have them. */
  public static final Recipe NONE = new Recipe(Map.of(), Set.of());

  /** Copies the collections; the order of the fields stays. */
  public Recipe {
    fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
    dropped = Collections.unmodifiableSet(new TreeSet<>(dropped));
  }

  /**
   * Reads a recipe.
   *
   * @param fields by the name of each field, the values of its settings by their names: see {@link RecipeField}
   * @param dropped paths
   * @throws DataException if it is none
   */
  public static Recipe of(Map<String, Map<String, List<String>>> fields, List<String> dropped) {
    var read = new LinkedHashMap<String, RecipeField>();
    fields.forEach((name, settings) -> read.put(name, RecipeField.of(name, settings)));
    dropped.forEach(FieldPath::new);
    read.forEach((name, field) -> field.from().forEach(path -> {
      if (dropped.contains(path.text())) {
        throw new DataException(name + " is made of '" + path + "', which is dropped: leave out one of them");
      }
    }));
    return new Recipe(read, Set.copyOf(dropped));
  }

  /** How a text column is made; null for one that files have. */
  @Nullable
  RecipeField field(String column) {
    return fields.get(column);
  }

  /** Whether it makes no column and drops nothing. */
  public boolean isEmpty() {
    return fields.isEmpty() && dropped.isEmpty();
  }
}
