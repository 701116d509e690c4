package crema.data;

import crema.base.json.Json;
import crema.base.json.JsonException;
import crema.base.json.JsonNode;
import crema.base.json.JsonValues;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Rows of JSON objects. There is no header, so a column counts as missing if none of the first rows has it.
 */
final class JsonLinesCursor extends FileCursor {
  private static final int ROWS_TO_FIND_COLUMNS = 1000;
  /** Keys that are kept to name the nearest to one that is never met. */
  private static final int MOST_NAMES = 1000;
  private static final Pattern PYTHON = Pattern.compile("\\s*\\{\\s*'");

  private static final JsonNode NOTHING = JsonValues.toJson(null);

  private final JsonTexts lines;
  private final Set<String> unseen;
  private final Set<String> seen = new LinkedHashSet<>();
  private int objects;
  /** The key of an array of objects in the only object, if there is one. */
  private @Nullable String rowsUnder;
  /** How many objects were read, and whether the first of them is a whole table. */
  private long read;
  private boolean isFrame;

  JsonLinesCursor(DataFile file, JsonTexts lines, Columns columns, ProblemListener listener) {
    super(file, columns, listener);
    this.lines = lines;
    unseen = new HashSet<>(required());
    unseen.removeAll(columns.absent());
  }

  /** The keys of the first objects, in the order in which they are met. */
  static List<String> keys(JsonTexts lines) {
    var keys = new LinkedHashSet<String>();
    for (int i = 0; i < ROWS_TO_FIND_COLUMNS && lines.advancePastBlanks(); i++) {
      try {
        keys.addAll(lines.problem() == null ? Json.parseWithNaN(lines.text()).propertyNames() : List.of());
      } catch (JsonException e) {
        // Whoever reads the rows is told of it.
      }
    }
    return List.copyOf(keys);
  }

  @Override
  boolean advance() {
    if (lines.advancePastBlanks()) {
      return true;
    }
    if (read == 1 && isFrame) {
      throw new DataException(
          file.name() + " is one object that holds a whole table, as pandas writes it: write it with "
              + "to_json(..., orient='records', lines=True)");
    }
    requireColumns();
    return false;
  }

  @Override
  long line() {
    return lines.number();
  }

  @Override
  @Nullable
  RowProblem problem() {
    return lines.problem();
  }

  @Override
  Row read() {
    var object = object();
    if (read++ == 0) {
      isFrame = isFrame(object);
    }
    if (!unseen.isEmpty() || made != null && seen.size() < MOST_NAMES) {
      look(object);
    }
    var fields = made == null ? columns.text().stream().map(name -> string(object, name)).toList()
        : made.fields(object::get, name -> string(object, name));
    var labels = columns.label().isEmpty() ? List.<String>of() : labels(object);
    var kept = columns.kept().stream().map(object::path)
        .map(value -> value.isMissingNode() ? NOTHING : value).toList();
    return row(fields, labels, optional(object, columns.group()), optional(object, columns.language()), kept,
        weight(optional(object, columns.weight())), picture(object));
  }

  @Override
  public void close() {
    lines.close();
  }

  private JsonNode object() {
    JsonNode node;
    try {
      node = Json.parseWithNaN(lines.text(), key -> noteRepeated(key, ""));
    } catch (JsonException e) {
      throw new RowRejected(RowFault.BAD_JSON, e.getMessage() + (PYTHON.matcher(lines.text()).lookingAt()
          ? "; keys in single quotes are Python's: write rows with its json.dumps" : ""));
    }
    if (!node.isObject()) {
      throw new RowRejected(RowFault.BAD_JSON, "not an object");
    }
    return node;
  }

  /** Whether an object has all columns, all rows by their numbers, or the parts of a table, as pandas writes them. */
  private static boolean isFrame(JsonNode object) {
    return object.path("columns").isArray() && object.path("data").isArray()
        || !object.propertyNames().isEmpty() && object.valueStream().allMatch(JsonNode::isObject)
            && (!object.path("0").isMissingNode()
                || object.valueStream().allMatch(value -> !value.path("0").isMissingNode()));
  }

  private void look(JsonNode object) {
    seen.addAll(object.propertyNames());
    unseen.removeIf(name -> !find(object, name).isMissingNode());
    rowsUnder = objects > 0 ? null : object.propertyNames().stream()
        .filter(name -> object.path(name).isArray()
            && object.path(name).valueStream().limit(1).anyMatch(JsonNode::isObject))
        .findFirst().orElse(null);
    if (++objects == ROWS_TO_FIND_COLUMNS) {
      requireColumns();
    }
  }

  @Override
  Set<String> names() {
    return seen;
  }

  private void requireColumns() {
    for (var name : required()) {
      if (objects > 0 && unseen.contains(name)) {
        if (rowsUnder != null) {
          throw new DataException(file.name() + " is one object, whose rows seem to be the array '" + rowsUnder
              + "': write that array alone");
        }
        throw Columns.missing(file.name(), name, List.copyOf(seen));
      }
    }
  }

  /** The columns that rows must have; those of which a recipe makes texts may be in a few rows only. */
  private List<String> required() {
    if (made == null) {
      return columns.all(List.of());
    }
    var required = new ArrayList<>(columns.besideText());
    columns.text().stream().filter(name -> columns.recipe().field(name) == null).forEach(required::add);
    return required;
  }

  private List<String> labels(JsonNode object) {
    var format = columns.labelFormat();
    if (format.oneHot()) {
      return format.named(columns.label(), columns.label().stream().map(name -> string(object, name)).toList());
    }
    var values = columns.label().stream().map(name -> value(object, name)).toList();
    if (values.stream().allMatch(JsonLinesCursor::isMissing)) {
      throw missingLabel();
    }
    if (values.size() == 1) {
      return format.parse(values.getFirst());
    }
    if (format.manySeparator() == null) {
      return List.of(format.joined(columns.label().stream().map(name -> string(object, name)).toList()));
    }
    return values.stream()
        .filter(value -> !isMissing(value))
        .flatMap(value -> format.parse(value).stream())
        .distinct()
        .toList();
  }

  private static boolean isMissing(JsonNode value) {
    return value.isMissingNode() || value.isNull() || (value.isString() && value.stringValue().isBlank());
  }

  /** The value under a key, or under keys with dots between them, each in the object before it. */
  private static JsonNode find(JsonNode object, String name) {
    JsonNode value = object.path(name);
    int dot = name.indexOf('.');
    return value.isMissingNode() && dot > 0 && object.path(name.substring(0, dot)).isObject()
        ? find(object.path(name.substring(0, dot)), name.substring(dot + 1)) : value;
  }

  /** The value of a column, null where it is a word for no value. */
  private JsonNode value(JsonNode object, String name) {
    var value = find(object, name);
    if (value.isString() && isForNoValue(value.stringValue(), name)) {
      return NOTHING;
    }
    return value;
  }

  /** The text in a column; an array of strings is read as one text. */
  private String string(JsonNode object, String name) {
    var value = value(object, name);
    if (value.isMissingNode() || value.isNull()) {
      return "";
    }
    if (!value.isArray()) {
      return scalar(value, name);
    }
    var parts = new ArrayList<String>();
    for (var item : value) {
      parts.add(scalar(item, name));
    }
    return String.join(" ", parts);
  }

  private static String scalar(JsonNode value, String name) {
    if (!value.isValueNode()) {
      throw new RowRejected(RowFault.BAD_JSON, "the value of '" + name + "' is neither text nor a number"
          + (value.isObject() ? "; pandas writes a row an object with orient='records'" : ""));
    }
    return TypedText.of(value);
  }

  /** Where the picture is; of several the first. */
  private @Nullable String picture(JsonNode object) {
    String name = pictureColumn();
    if (name == null) {
      return null;
    }
    JsonNode value = value(object, name);
    if (value.isArray()) {
      value = value.isEmpty() ? NOTHING : Objects.requireNonNull(value.get(0));
    }
    String location = value.isMissingNode() ? "" : scalar(value, name);
    return location.isBlank() ? null : location;
  }

  private @Nullable String optional(JsonNode object, @Nullable String name) {
    if (name == null) {
      return null;
    }
    var value = string(object, name);
    return value.isBlank() ? null : value;
  }
}
