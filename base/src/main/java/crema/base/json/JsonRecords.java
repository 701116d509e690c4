package crema.base.json;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Records as JSON objects and back: components in their order under {@code snake_case} names. A component is a number,
 * boolean, string, enum (as its {@code toString}), record, list, or map of strings to such. Numbers that are not finite
 * are strings, as {@code "NaN"}.
 *
 * <p>A package whose records are read is open to {@code crema.base}.
 */
public final class JsonRecords {
  private JsonRecords() {}

  /**
   * A record, list, map or value as JSON.
   *
   * @throws IllegalArgumentException for a type that has no form in JSON
   */
  public static JsonNode toJson(@Nullable Object value) {
    return switch (value) {
      case null -> ValueNode.NULL;
      case JsonNode node -> node;
      case String _, Boolean _, Integer _, Long _, Float _, Double _ -> ValueNode.of(value);
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
      case Record fields -> {
        var object = new ObjectNode();
        for (RecordComponent component : fields.getClass().getRecordComponents()) {
          object.set(key(component), toJson(read(component, fields)));
        }
        yield object;
      }
      default -> throw new IllegalArgumentException(value.getClass() + " has no form in JSON");
    };
  }

  /**
   * Reads a record. Components that the object lacks are null.
   *
   * @throws JsonException if the object has a key that the record has not, lacks one that cannot be null, or holds a
   *     value of another type; the message names the key
   */
  public static <T> T read(JsonNode json, Class<T> type) {
    return Objects.requireNonNull(type.cast(readRecord(json, type, "")));
  }

  /**
   * A JSON object in plain Java: a map, in the order of its keys, of strings, numbers, booleans, lists, maps and nulls.
   *
   * @throws JsonException if the value is no object
   */
  public static Map<String, @Nullable Object> toMap(JsonNode json) {
    if (!json.isObject()) {
      throw wrong(json, "", "an object");
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

  private static Object readRecord(JsonNode json, Class<?> type, String path) {
    if (!json.isObject()) {
      throw wrong(json, path, "an object");
    }
    if (!type.isRecord()) {
      throw new IllegalArgumentException(type + " cannot be read from JSON");
    }
    RecordComponent[] components = type.getRecordComponents();
    Set<String> known = Arrays.stream(components).map(JsonRecords::key).collect(Collectors.toSet());
    for (String key : json.propertyNames()) {
      if (!known.contains(key)) {
        throw new JsonException("this version of Crema does not know the key '" + key + "'");
      }
    }
    var values = new @Nullable Object[components.length];
    for (int i = 0; i < components.length; i++) {
      String key = key(components[i]);
      values[i] = read(json.path(key), components[i].getGenericType(), path.isEmpty() ? key : path + "." + key);
    }
    try {
      var constructor = type.getDeclaredConstructor(
          Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
      constructor.setAccessible(true);
      return constructor.newInstance(values);
    } catch (InvocationTargetException e) {
      Throwable refusal = e.getTargetException();
      throw new JsonException(String.valueOf(refusal.getMessage()).lines().findFirst().orElse("invalid"), refusal);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(type + " is not open to crema.base", e);
    }
  }

  private static @Nullable Object read(JsonNode json, Type type, String path) {
    if (type instanceof ParameterizedType generic) {
      if (json.isNull() || json.isMissingNode()) {
        return null;
      }
      Type[] arguments = generic.getActualTypeArguments();
      if (generic.getRawType() == List.class) {
        return readList(json, arguments[0], path);
      }
      if (generic.getRawType() == Map.class && arguments[0] == String.class) {
        return readMap(json, arguments[1], path);
      }
    } else if (type instanceof Class<?> plain) {
      if (json.isNull() || json.isMissingNode()) {
        if (plain.isPrimitive()) {
          throw new JsonException(path + " is missing");
        }
        return null;
      }
      return readValue(json, plain, path);
    }
    throw new IllegalArgumentException(path + ": " + type + " cannot be read from JSON");
  }

  private static List<@Nullable Object> readList(JsonNode json, Type itemType, String path) {
    if (!json.isArray()) {
      throw wrong(json, path, "an array");
    }
    var list = new ArrayList<@Nullable Object>(json.size());
    for (JsonNode item : json) {
      list.add(read(item, itemType, path + "[" + list.size() + "]"));
    }
    return list;
  }

  private static Map<String, @Nullable Object> readMap(JsonNode json, Type valueType, String path) {
    if (!json.isObject()) {
      throw wrong(json, path, "an object");
    }
    var map = new LinkedHashMap<String, @Nullable Object>();
    for (Map.Entry<String, JsonNode> entry : json.properties()) {
      map.put(entry.getKey(), read(entry.getValue(), valueType, path + "." + entry.getKey()));
    }
    return map;
  }

  private static Object readValue(JsonNode json, Class<?> type, String path) {
    if (type.isRecord()) {
      return readRecord(json, type, path);
    }
    if (type.isEnum()) {
      for (Object constant : type.getEnumConstants()) {
        if (constant.toString().equals(json.raw())) {
          return constant;
        }
      }
      throw wrong(json, path, "one of " + Arrays.toString(type.getEnumConstants()));
    }
    if (type == String.class && json.isString()) {
      return json.stringValue();
    }
    if ((type == boolean.class || type == Boolean.class) && json.isBoolean()) {
      return json.booleanValue();
    }
    if ((type == int.class || type == Integer.class) && json.canConvertToInt()) {
      return json.intValue();
    }
    if ((type == long.class || type == Long.class) && json.canConvertToLong()) {
      return json.longValue();
    }
    boolean number = json.isNumber() || "NaN".equals(json.raw()) || "Infinity".equals(json.raw())
        || "-Infinity".equals(json.raw());
    if ((type == double.class || type == Double.class) && number) {
      return json.asDouble(Double.NaN);
    }
    if ((type == float.class || type == Float.class) && number) {
      return (float) json.asDouble(Double.NaN);
    }
    throw wrong(json, path, "a value of the type " + type.getSimpleName());
  }

  private static JsonException wrong(JsonNode json, String path, String wanted) {
    String found = json.isContainer() ? json.isArray() ? "an array" : "an object" : json.toString();
    return new JsonException((path.isEmpty() ? "" : path + ": ") + found + " where " + wanted + " should be");
  }

  private static @Nullable Object read(RecordComponent component, Record fields) {
    try {
      var accessor = component.getAccessor();
      accessor.setAccessible(true);
      return accessor.invoke(fields);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(fields.getClass() + " is not open to crema.base", e);
    }
  }

  private static String key(RecordComponent component) {
    return component.getName().replaceAll("([a-z0-9])([A-Z])", "$1_$2").toLowerCase(Locale.ROOT);
  }
}
