package crema.base.json;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/** A JSON array. */
public final class ArrayNode extends JsonNode {
  private final List<JsonNode> values = new ArrayList<>();

  /** An empty array. */
  public ArrayNode() {}

  /** Appends a value. */
  public ArrayNode add(JsonNode value) {
    values.add(value);
    return this;
  }

  /** Appends a string, or null. */
  public ArrayNode add(@Nullable String value) {
    return add(ValueNode.of(value));
  }

  /** Appends true or false. */
  public ArrayNode add(boolean value) {
    return add(ValueNode.of(value));
  }

  /** Appends a number. */
  public ArrayNode add(int value) {
    return add(ValueNode.of(value));
  }

  /** Appends a number. */
  public ArrayNode add(long value) {
    return add(ValueNode.of(value));
  }

  /** Appends a number. */
  public ArrayNode add(float value) {
    return add(ValueNode.of(value));
  }

  /** Appends a number. */
  public ArrayNode add(double value) {
    return add(ValueNode.of(value));
  }

  /** Appends a new object, and returns that. */
  public ObjectNode addObject() {
    var value = new ObjectNode();
    values.add(value);
    return value;
  }

  /** Appends a new array, and returns that. */
  public ArrayNode addArray() {
    var value = new ArrayNode();
    values.add(value);
    return value;
  }

  @Override
  public @Nullable JsonNode get(int index) {
    return index >= 0 && index < values.size() ? values.get(index) : null;
  }

  @Override
  public Collection<JsonNode> values() {
    return Collections.unmodifiableList(values);
  }

  @Override
  public void write(JsonGenerator json) {
    json.writeStartArray();
    values.forEach(value -> value.write(json));
    json.writeEndArray();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ArrayNode that && values.equals(that.values);
  }

  @Override
  public int hashCode() {
    return values.hashCode();
  }
}
