package crema.base.json;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Plain Java values as JSON and back: strings, numbers, booleans, lists, maps of strings to such, and nulls. Numbers that
 * are not finite are strings in JSON, as {@code "NaN"}.
 */
public final class JsonValues {
  private JsonValues() {}

  /**
   * A list, map or value as JSON.
   *
   * @throws IllegalArgumentException for a type that has no form in JSON
   */
  public static JsonNode toJson(@Nullable Object value) {
    return switch (value) {
      case null -> ValueNode.NULL;
      case JsonNode node -> node;
      case String text -> ValueNode.of(text);
      case Boolean flag -> ValueNode.of(flag);
      case Integer number -> ValueNode.of(number);
      case Long number -> ValueNode.of(number);
      case Float number -> ValueNode.of(number);
      case Double number -> ValueNode.of(number);
      case Enum<?> constant -> ValueNode.of(constant.toString());
      case Iterable<?> list -> {
        var array = new ArrayNode();
        list.forEach(item -> array.add(toJson(item)));
        yield array;
      }
      case Map<?, ?> map -> {
        var object = new ObjectNode();
        map.forEach((key, item) -> object.set(String.valueOf(key), toJson(item)));
        yield object;
      }
      default -> throw new IllegalArgumentException(value.getClass() + " has no form in JSON");
    };
  }

  /**
   * A JSON object in plain Java: a map, in the order of its keys, of strings, numbers, booleans, lists, maps and nulls.
   *
   * @throws JsonException if the value is no object
   */
  public static Map<String, @Nullable Object> toMap(JsonNode json) {
    if (!json.isObject()) {
      throw new JsonException((json.isArray() ? "an array" : json.toString()) + " where an object should be");
    }
    var map = new LinkedHashMap<String, @Nullable Object>();
    json.properties().forEach(entry -> map.put(entry.getKey(), toPlain(entry.getValue())));
    return map;
  }

  private static @Nullable Object toPlain(JsonNode json) {
    return switch (json) {
      case ObjectNode object -> toMap(object);
      case ArrayNode array -> {
        var list = new ArrayList<@Nullable Object>(array.size());
        array.forEach(item -> list.add(toPlain(item)));
        yield list;
      }
      case ValueNode value -> value.raw();
    };
  }
}
