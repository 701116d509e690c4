package crema.base.json;

import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/**
 * A JSON value. Methods named {@code as…} convert leniently, as from the string {@code "5"} to a number; those named
 * {@code …Value} want a value of that very type. Both throw {@link JsonException} when they cannot, unless they are
 * given what to answer then.
 */
public abstract sealed class JsonNode implements Iterable<JsonNode> permits ObjectNode, ArrayNode, ValueNode {
  JsonNode() {}

  /** The value of a key, or a {@linkplain #isMissingNode() missing} node. */
  public JsonNode path(String key) {
    JsonNode value = get(key);
    return value == null ? ValueNode.MISSING : value;
  }

  /** The value of a key, or null if this is no object or lacks the key. */
  public @Nullable JsonNode get(String key) {
    return null;
  }

  /** The value at an index, or null if this is no array or is shorter. */
  public @Nullable JsonNode get(int index) {
    return null;
  }

  /** How many values an array or object holds; 0 for others. */
  public int size() {
    return values().size();
  }

  /** Whether an array or object holds nothing; true for others. */
  public boolean isEmpty() {
    return size() == 0;
  }

  /** The values that an array or object holds, in order; none for others. */
  public Collection<JsonNode> values() {
    return List.of();
  }

  @Override
  public Iterator<JsonNode> iterator() {
    return Collections.unmodifiableCollection(values()).iterator();
  }

  /** The values that an array or object holds, in order. */
  public Stream<JsonNode> valueStream() {
    return values().stream();
  }

  /** The keys of an object with their values, in order; none for others. */
  public Set<Map.Entry<String, JsonNode>> properties() {
    return Set.of();
  }

  /** The keys of an object in order; none for others. */
  public Collection<String> propertyNames() {
    return List.of();
  }

  /** Whether this is an object. */
  public boolean isObject() {
    return this instanceof ObjectNode;
  }

  /** Whether this is an array. */
  public boolean isArray() {
    return this instanceof ArrayNode;
  }

  /** Whether this is an object or an array. */
  public boolean isContainer() {
    return !(this instanceof ValueNode);
  }

  /** Whether this is a string, number, boolean or null. */
  public boolean isValueNode() {
    return !isContainer() && !isMissingNode();
  }

  /** Whether there is no value here: an object lacks the key. */
  public boolean isMissingNode() {
    return this == ValueNode.MISSING;
  }

  /** Whether this is null. */
  public boolean isNull() {
    return this == ValueNode.NULL;
  }

  /** Whether this is a string. */
  public boolean isString() {
    return raw() instanceof String;
  }

  /** Whether this is a number. */
  public boolean isNumber() {
    return raw() instanceof Number;
  }

  /** Whether this is a number without a fraction. */
  public boolean isIntegralNumber() {
    return isNumber() && !(raw() instanceof Double) && !(raw() instanceof Float);
  }

  /** Whether this is true or false. */
  public boolean isBoolean() {
    return raw() instanceof Boolean;
  }

  /** Whether this is a whole number that an int holds. */
  public boolean canConvertToInt() {
    return raw() instanceof Integer;
  }

  /** Whether this is a whole number that a long holds. */
  public boolean canConvertToLong() {
    return raw() instanceof Integer || raw() instanceof Long;
  }

  /** The string. */
  public String stringValue() {
    return raw() instanceof String text ? text : fail("a string");
  }

  /** True or false. */
  public boolean booleanValue() {
    return raw() instanceof Boolean flag ? flag : fail("true or false");
  }

  /** The whole number. */
  public int intValue() {
    return raw() instanceof Integer number ? number : fail("a whole number");
  }

  /** The whole number. */
  public long longValue() {
    return canConvertToLong() && raw() instanceof Number number ? number.longValue() : fail("a whole number");
  }

  /** The number. */
  public double doubleValue() {
    return raw() instanceof Number number ? number.doubleValue() : fail("a number");
  }

  /** A string, number or boolean as text; null and a missing value are empty. */
  public String asString() {
    return isContainer() ? fail("a string") : asString("");
  }

  /** A string, number or boolean as text, or {@code otherwise}. */
  public String asString(String otherwise) {
    Object value = raw();
    return value == null ? otherwise : value.toString();
  }

  /** A whole number, also from a string; 0 for null and a missing value. */
  public int asInt() {
    if (raw() == null && !isContainer()) {
      return 0;
    }
    return Integers.of(this) instanceof Long value && value == value.intValue() ? value.intValue()
        : fail("a whole number");
  }

  /** A whole number, also from a string, or {@code otherwise}. */
  public int asInt(int otherwise) {
    return Integers.of(this) instanceof Long value && value == value.intValue() ? value.intValue() : otherwise;
  }

  /** A whole number, also from a string, or {@code otherwise}. */
  public long asLong(long otherwise) {
    return Integers.of(this) instanceof Long value ? value : otherwise;
  }

  /** A number, also from a string. */
  public double asDouble() {
    double value = asDouble(Double.NaN);
    return Double.isNaN(value) ? fail("a number") : value;
  }

  /** A number, also from a string, or {@code otherwise}. */
  public double asDouble(double otherwise) {
    if (raw() instanceof Number number) {
      return number.doubleValue();
    }
    if (raw() instanceof String text) {
      try {
        return Double.parseDouble(text);
      } catch (NumberFormatException e) {
        return otherwise;
      }
    }
    return otherwise;
  }

  /** True or false, also from a string; false for everything else. */
  public boolean asBoolean() {
    return raw() instanceof Boolean flag ? flag : raw() instanceof String text && Boolean.parseBoolean(text);
  }

  /** The string, number or boolean of a value; null for all others. */
  @Nullable
  Object raw() {
    return null;
  }

  /** Writes the value. */
  public abstract void write(JsonGenerator json);

  /** The value as JSON on several lines. */
  public String toPrettyString() {
    return Json.pretty(this);
  }

  /** The value as JSON on one line. */
  @Override
  public String toString() {
    return Json.write(this);
  }

  private <T> T fail(String wanted) {
    throw new JsonException((isMissingNode() ? "nothing" : toString()) + " where " + wanted + " should be");
  }

  /** Whole numbers, also those written as strings. */
  private static final class Integers {
    static @Nullable Long of(JsonNode node) {
      if (node.canConvertToLong()) {
        return node.longValue();
      }
      if (node.raw() instanceof Double number && number == Math.rint(number) && Math.abs(number) < 1L << 53) {
        return number.longValue();
      }
      try {
        return node.raw() instanceof String text ? Long.valueOf(text) : null;
      } catch (NumberFormatException e) {
        return null;
      }
    }
  }
}
