package crema.base.json;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/** A JSON object. Its keys keep the order in which they were put. */
public final class ObjectNode extends JsonNode {
  private final Map<String, JsonNode> values = new LinkedHashMap<>();

  /** An object without keys. */
  public ObjectNode() {}

  /** Sets a key to a value. */
  public ObjectNode set(String key, JsonNode value) {
    values.put(key, value);
    return this;
  }

  /** Sets a key to a string, or to null. */
  public ObjectNode put(String key, @Nullable String value) {
    return set(key, ValueNode.of(value));
  }

  /** Sets a key to true or false. */
  public ObjectNode put(String key, boolean value) {
    return set(key, ValueNode.of(value));
  }

  /** Sets a key to a number. */
  public ObjectNode put(String key, int value) {
    return set(key, ValueNode.of(value));
  }

  /** Sets a key to a number. */
  public ObjectNode put(String key, long value) {
    return set(key, ValueNode.of(value));
  }

  /** Sets a key to a number. */
  public ObjectNode put(String key, float value) {
    return set(key, ValueNode.of(value));
  }

  /** Sets a key to a number. */
  public ObjectNode put(String key, double value) {
    return set(key, ValueNode.of(value));
  }

  /** Sets a key to null. */
  public ObjectNode putNull(String key) {
    return set(key, ValueNode.NULL);
  }

  /** Sets a key to a new object, and returns that. */
  public ObjectNode putObject(String key) {
    var value = new ObjectNode();
    values.put(key, value);
    return value;
  }

  /** Sets a key to a new array, and returns that. */
  public ArrayNode putArray(String key) {
    var value = new ArrayNode();
    values.put(key, value);
    return value;
  }

  /** Removes a key, and returns its value or null. */
  public @Nullable JsonNode remove(String key) {
    return values.remove(key);
  }

  @Override
  public @Nullable JsonNode get(String key) {
    return values.get(key);
  }

  @Override
  public Collection<JsonNode> values() {
    return Collections.unmodifiableCollection(values.values());
  }

  @Override
  public Set<Map.Entry<String, JsonNode>> properties() {
    return Collections.unmodifiableMap(values).entrySet();
  }

  @Override
  public Collection<String> propertyNames() {
    return Collections.unmodifiableSet(values.keySet());
  }

  @Override
  public void write(JsonGenerator json) {
    json.writeStartObject();
    values.forEach((key, value) -> {
      json.writeName(key);
      value.write(json);
    });
    json.writeEndObject();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ObjectNode that && values.equals(that.values);
  }

  @Override
  public int hashCode() {
    return values.hashCode();
  }
}
