package crema.base.json;

import java.math.BigInteger;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/** A string, a number, a boolean, null, or no value at all. */
final class ValueNode extends JsonNode {
  static final ValueNode NULL = new ValueNode(null);
  static final ValueNode MISSING = new ValueNode(null);

  private final @Nullable Object value;

  private ValueNode(@Nullable Object value) {
    this.value = value;
  }

  /** A node of a string, boolean or number. */
  static ValueNode of(@Nullable Object value) {
    return value == null ? NULL : new ValueNode(value);
  }

  @Override
  @Nullable
  Object raw() {
    return value;
  }

  @Override
  public void write(JsonGenerator json) {
    switch (value) {
      case null -> json.writeNull();
      case String text -> json.writeString(text);
      case Boolean flag -> json.writeBoolean(flag);
      case Integer number -> json.writeNumber(number);
      case Long number -> json.writeNumber(number);
      case Double number -> json.writeNumber(number);
      case Float number -> json.writeNumber(number);
      case BigInteger number -> json.writeNumber(number);
      default -> throw new IllegalStateException("no value of JSON: " + value.getClass());
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ValueNode that && Objects.equals(value, that.value)
        && isMissingNode() == that.isMissingNode();
  }

  @Override
  public int hashCode() {
    return Objects.hashCode(value);
  }
}
