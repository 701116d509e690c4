package crema.data;

import crema.base.NameList;
import crema.base.NearestName;
import crema.base.json.Json;
import crema.base.json.JsonException;
import crema.base.json.JsonNode;
import crema.base.json.JsonValues;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Makes the text columns of a {@link Recipe} from the raw cells of rows, one row after the other, and keeps account of what
 * no row has.
 */
final class RecipeReader {
  /** Deeper values are not read: JSON in strings of JSON may go deeper than any parser allows. */
  private static final int DEEPEST = 64;
  /** Keys that are kept to name the nearest to one that is never met. */
  private static final int KNOWN_KEYS = 1000;

  private static final Set<String> TRUE = Set.of("true", "1", "yes", "y", "t", "on");
  private static final Set<String> FALSE = Set.of("false", "0", "no", "n", "f", "off", "");

  private final Columns columns;
  private final FileCursor cursor;
  private final Map<String, Path> paths = new LinkedHashMap<>();
  private final Set<String> keys = new LinkedHashSet<>();
  /** The JSON in the columns of the current row that hold it as text. */
  private final Map<String, JsonNode> parsed = new HashMap<>();
  private boolean hasRows;

  /** The raw cells of a row. */
  @FunctionalInterface
  interface Cells {
    /** What a column holds; null if the row does not have it. */
    @Nullable
    JsonNode cell(String column);
  }

  /** A path on which values are looked for. */
  private static final class Path {
    private final FieldPath path;
    private final List<String> heads;
    private boolean isMet;

    Path(FieldPath path) {
      this.path = path;
      heads = path.heads();
    }
  }

  RecipeReader(Columns columns, FileCursor cursor) {
    this.columns = columns;
    this.cursor = cursor;
    for (String name : columns.text()) {
      RecipeField field = columns.recipe().field(name);
      if (field != null) {
        field.from().forEach(path -> paths.putIfAbsent(path.text(), new Path(path)));
      }
    }
  }

  /**
   * The text columns of a row.
   *
   * @param raw its cells
   * @param plain the text of a column that the recipe does not make
   * @throws RowRejected if a column should hold JSON and does not, or values are nested too deeply
   */
  List<String> fields(Cells raw, Function<String, String> plain) {
    parsed.clear();
    hasRows = true;
    var fields = new ArrayList<String>(columns.text().size());
    for (String name : columns.text()) {
      RecipeField field = columns.recipe().field(name);
      fields.add(field == null ? plain.apply(name) : text(field, raw));
    }
    return fields;
  }

  private String text(RecipeField field, Cells raw) {
    var parts = new ArrayList<String>(field.from().size());
    for (FieldPath path : field.from()) {
      JsonNode value = value(Objects.requireNonNull(paths.get(path.text())), raw);
      if (value != null) {
        parts.add(field.word().isPresent() ? isSet(value, path) ? field.word().get() : ""
            : text(value, field, path.text(), 0));
      }
    }
    String text = field.between().join(parts);
    return text.isEmpty() ? text : field.prefix() + text;
  }

  /** The value on a path, null where a row has none. */
  private @Nullable JsonNode value(Path path, Cells raw) {
    for (String head : path.heads) {
      JsonNode cell = raw.cell(head);
      String rest = path.path.behind(head);
      JsonNode value = cell == null || cell.isMissingNode() ? null
          : rest.isEmpty() ? cell : within(json(head, cell, rest), rest, 0);
      if (value != null) {
        path.isMet = true;
        return value;
      }
    }
    return null;
  }

  /** A cell that must hold more than a text, as what it holds. */
  private JsonNode json(String column, JsonNode cell, String path) {
    if (!cell.isString()) {
      return cell;
    }
    JsonNode known = parsed.get(column);
    if (known == null) {
      String text = cell.stringValue();
      known = text.isBlank() || cursor.isForNoValue(text, column) ? JsonValues.toJson(null)
          : structure(parse(text, column, path));
      parsed.put(column, known);
    }
    return known;
  }

  private JsonNode parse(String text, String column, String path) {
    try {
      return Json.parseWithNaN(text, key -> cursor.noteRepeated(key, column));
    } catch (JsonException e) {
      throw new RowRejected(RowFault.BAD_JSON,
          "'" + column + "' should hold JSON with '" + path + "', but is none: " + e.getMessage());
    }
  }

  /** The value behind keys in a value; of a list, those of its items. */
  private @Nullable JsonNode within(JsonNode value, String path, int depth) {
    if (path.isEmpty() || value.isNull()) {
      return path.isEmpty() ? value : null;
    }
    if (value.isArray()) {
      requireDepth(depth);
      JsonNode named = NamedValues.of(value);
      JsonNode attribute = named == null ? null : within(named, path, depth + 1);
      if (attribute != null) {
        return attribute;
      }
      var found = new ArrayList<JsonNode>();
      for (JsonNode item : value) {
        JsonNode inner = within(structure(item), path, depth + 1);
        if (inner != null) {
          found.add(inner);
        }
      }
      return found.isEmpty() ? null : JsonValues.toJson(found);
    }
    if (keys.size() < KNOWN_KEYS) {
      keys.addAll(value.propertyNames());
    }
    for (int end = path.length(); end > 0; end = path.lastIndexOf('.', end - 1)) {
      JsonNode inner = value.get(path.substring(0, end));
      String rest = end == path.length() ? "" : path.substring(end + 1);
      JsonNode found = inner == null ? null : within(rest.isEmpty() ? inner : structure(inner), rest, depth + 1);
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  /** A text that is JSON with something in it, as that; all else as it is. */
  private static JsonNode structure(JsonNode value) {
    if (!value.isString()) {
      return value;
    }
    String text = value.stringValue().strip();
    boolean isOne = text.startsWith("{") && text.endsWith("}") || text.startsWith("[") && text.endsWith("]");
    if (!isOne) {
      return value;
    }
    try {
      return Json.parseWithNaN(text);
    } catch (JsonException e) {
      List<String> list = PythonList.isBegunIn(text) ? PythonList.read(text) : null;
      return list == null ? value : JsonValues.toJson(list);
    }
  }

  private String text(JsonNode raw, RecipeField field, String path, int depth) {
    requireDepth(depth);
    JsonNode plain = structure(raw);
    JsonNode named = NamedValues.of(plain);
    JsonNode value = named == null ? plain : named;
    if (value.isArray()) {
      var items = new ArrayList<String>(value.size());
      value.forEach(item -> items.add(text(item, field, path, depth + 1)));
      return field.join().join(items);
    }
    if (value.isObject()) {
      var entries = new ArrayList<String>(value.size());
      value.properties().forEach(entry -> {
        String of = path + "." + entry.getKey();
        String text = columns.recipe().dropped().contains(of) ? "" : text(entry.getValue(), field, of, depth + 1);
        if (!text.isEmpty()) {
          String key = HtmlText.of(entry.getKey());
          entries.add(key.isEmpty() ? text : key + RecipeField.COLON + text);
        }
      });
      return (depth == 0 ? field.entries() : field.join()).join(entries);
    }
    String text = TypedText.of(value);
    return cursor.isForNoValue(text, path) ? "" : HtmlText.of(text);
  }

  private boolean isSet(JsonNode value, FieldPath path) {
    String text = value.isContainer() ? value.toString() : TypedText.of(value).strip().toLowerCase(Locale.ROOT);
    if (!TRUE.contains(text) && !FALSE.contains(text) && !columns.missing().contains(TypedText.of(value))) {
      cursor.note("a value of '" + path + "' is neither true nor false, and taken for false");
    }
    return TRUE.contains(text);
  }

  private static void requireDepth(int depth) {
    if (depth > DEEPEST) {
      throw new RowRejected(RowFault.BAD_JSON, "values are nested more than " + DEEPEST + " deep");
    }
  }

  /** Whether a row was read. */
  boolean hasRows() {
    return hasRows;
  }

  /**
   * What to say of the paths on which no row had anything.
   *
   * @param existing the columns that rows have
   * @throws DataException if rows had nothing on any path
   */
  Map<String, String> unmet(DataFile file, Set<String> existing) {
    if (paths.values().stream().noneMatch(path -> path.isMet)) {
      throw new DataException(file.name() + " has none of the fields that the recipe names: "
          + NameList.of(List.copyOf(paths.keySet())) + ". It has: " + NameList.of(List.copyOf(existing)));
    }
    var unmet = new LinkedHashMap<String, String>();
    var known = new LinkedHashSet<>(existing);
    known.addAll(keys);
    paths.forEach((text, path) -> {
      if (!path.isMet) {
        String last = text.substring(text.lastIndexOf('.') + 1);
        unmet.put(text, "no row has '" + text + "', which the recipe names" + NearestName.suggestion(last, known));
      }
    });
    return unmet;
  }
}
