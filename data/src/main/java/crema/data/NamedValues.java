package crema.data;

import crema.base.json.ArrayNode;
import crema.base.json.JsonNode;
import crema.base.json.ObjectNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Attributes as shops export them, {@code [{"name": "Colour", "value": "red"}, …]}: a list of objects of two keys, one for the
 * name and one for the value. They mean the same as {@code {"Colour": "red", …}}.
 */
final class NamedValues {
  private static final List<String> NAMES = List.of("name", "key");
  private static final List<String> VALUES = List.of("value", "values");

  private NamedValues() {}

  /** The object that a list stands for, in which a name that comes again has a list of its values; null for all else. */
  static @Nullable JsonNode of(JsonNode list) {
    if (!list.isArray() || list.isEmpty()) {
      return null;
    }
    var object = new ObjectNode();
    for (JsonNode item : list) {
      JsonNode name = item.isObject() && item.size() == 2 ? first(item, NAMES) : null;
      JsonNode value = name == null || !name.isString() ? null : first(item, VALUES);
      if (name == null || value == null) {
        return null;
      }
      JsonNode before = object.get(name.stringValue());
      if (before == null) {
        object.set(name.stringValue(), value);
      } else {
        var all = new ArrayNode();
        (before.isArray() ? before : List.of(before)).forEach(all::add);
        all.add(value);
        object.set(name.stringValue(), all);
      }
    }
    return object;
  }

  private static @Nullable JsonNode first(JsonNode item, List<String> keys) {
    for (String key : keys) {
      JsonNode value = item.get(key);
      if (value != null) {
        return value;
      }
    }
    return null;
  }
}
