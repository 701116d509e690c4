package crema.parquet;

import crema.base.json.ArrayNode;
import crema.base.json.JsonNode;
import crema.base.json.JsonValues;
import crema.base.json.ObjectNode;
import crema.data.TypedText;
import dev.hardwood.metadata.LogicalType;
import dev.hardwood.row.PqInterval;
import dev.hardwood.row.PqList;
import dev.hardwood.row.PqMap;
import dev.hardwood.row.PqStruct;
import dev.hardwood.row.PqVariant;
import dev.hardwood.row.PqVariantArray;
import dev.hardwood.row.PqVariantObject;
import dev.hardwood.schema.SchemaNode;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The text of a value: that of its type, or JSON for lists, maps and groups. */
final class CellText {
  private CellText() {}

  /**
   * The text; empty for null.
   *
   * @param type its place in the schema, which knows numbers without a sign; null within a variant, which has none
   * @throws NotText for bytes that are no UTF-8
   */
  static String of(@Nullable Object value, @Nullable SchemaNode type) {
    return switch (value) {
      case null -> "";
      case PqVariant variant -> of(plain(variant), null);
      case PqStruct _,PqList _,PqMap _,PqVariantObject _,PqVariantArray _ -> json(value, type).toString();
      default -> scalar(signed(value, type));
    };
  }

  /** A number that is stored without a sign as one that has room for it. */
  private static Object signed(Object value, @Nullable SchemaNode type) {
    boolean isUnsigned = type instanceof SchemaNode.PrimitiveNode node
        && node.logicalType() instanceof LogicalType.IntType number && !number.isSigned();
    return !isUnsigned ? value : value instanceof Integer number ? Integer.toUnsignedLong(number)
        : value instanceof Long number ? new BigInteger(Long.toUnsignedString(number)) : value;
  }

  private static String scalar(Object value) {
    return switch (value) {
      case String text -> text;
      case Byte number -> TypedText.of(number.longValue());
      case Short number -> TypedText.of(number.longValue());
      case Integer number -> TypedText.of(number.longValue());
      case Long number -> TypedText.of(number.longValue());
      case BigInteger number -> TypedText.of(new BigDecimal(number));
      case Float number -> TypedText.of(number.floatValue());
      case Double number -> TypedText.of(number.doubleValue());
      case BigDecimal number -> TypedText.of(number);
      case Boolean flag -> TypedText.of(flag.booleanValue());
      case LocalDate date -> TypedText.of(date);
      case LocalTime time -> TypedText.of(time);
      case LocalDateTime moment -> TypedText.of(moment);
      case Instant moment -> TypedText.of(moment);
      case UUID id -> id.toString();
      case PqInterval interval -> "P" + interval.months() + "M" + interval.days() + "DT"
          + TypedText.of(BigDecimal.valueOf(interval.milliseconds(), 3)) + "S";
      case byte[] bytes -> decoded(bytes);
      default -> throw new IllegalStateException("no text of " + value.getClass());
    };
  }

  private static String decoded(byte[] bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new NotText();
    }
  }

  /** A value as it would be in a file of JSON. */
  private static JsonNode json(@Nullable Object given, @Nullable SchemaNode type) {
    Object value = given == null ? null : signed(given, type);
    return switch (value) {
      case null -> JsonValues.toJson(null);
      case Byte number -> JsonValues.toJson(number.intValue());
      case Short number -> JsonValues.toJson(number.intValue());
      case Integer _,Long _,Boolean _,String _ -> JsonValues.toJson(value);
      case Float number when !Float.isFinite(number) -> JsonValues.toJson(null);
      case Double number when !Double.isFinite(number) -> JsonValues.toJson(null);
      case Float _,Double _ -> JsonValues.toJson(value);
      case PqStruct struct -> {
        var object = new ObjectNode();
        for (int i = 0; i < struct.getFieldCount(); i++) {
          String name = struct.getFieldName(i);
          object.set(name, json(struct.isNull(name) ? null : struct.getValue(name), child(type, name)));
        }
        yield object;
      }
      case PqList list -> {
        var array = new ArrayNode();
        SchemaNode item = type instanceof SchemaNode.GroupNode group ? group.getListElement() : null;
        for (int i = 0; i < list.size(); i++) {
          array.add(json(list.isNull(i) ? null : list.get(i), item));
        }
        yield array;
      }
      case PqMap map -> {
        var object = new ObjectNode();
        SchemaNode key = type instanceof SchemaNode.GroupNode group ? group.getMapKey() : null;
        SchemaNode item = type instanceof SchemaNode.GroupNode group ? group.getMapValue() : null;
        for (PqMap.Entry entry : map.getEntries()) {
          object.set(of(entry.getKey(), key), json(entry.isValueNull() ? null : entry.getValue(), item));
        }
        yield object;
      }
      case PqVariantObject fields -> {
        var object = new ObjectNode();
        for (int i = 0; i < fields.getFieldCount(); i++) {
          String name = fields.getFieldName(i);
          object.set(name, json(plain(fields.getVariant(name)), null));
        }
        yield object;
      }
      case PqVariantArray items -> {
        var array = new ArrayNode();
        items.forEach(item -> array.add(json(plain(item), null)));
        yield array;
      }
      case PqVariant variant -> json(plain(variant), null);
      default -> JsonValues.toJson(scalar(value));
    };
  }

  private static @Nullable SchemaNode child(@Nullable SchemaNode type, String name) {
    return type instanceof SchemaNode.GroupNode group
        ? group.children().stream().filter(child -> child.name().equals(name)).findFirst().orElse(null) : null;
  }

  /** The value of a variant, in the type that it has there. */
  private static @Nullable Object plain(PqVariant variant) {
    return switch (variant.type()) {
      case NULL -> null;
      case BOOLEAN_TRUE -> true;
      case BOOLEAN_FALSE -> false;
      case INT8, INT16, INT32 -> variant.asInt();
      case INT64 -> variant.asLong();
      case FLOAT -> variant.asFloat();
      case DOUBLE -> variant.asDouble();
      case DECIMAL4, DECIMAL8, DECIMAL16 -> variant.asDecimal();
      case DATE -> variant.asDate();
      case TIME_NTZ -> variant.asTime();
      case TIMESTAMP, TIMESTAMP_NANOS -> variant.asTimestamp();
      case TIMESTAMP_NTZ, TIMESTAMP_NTZ_NANOS -> variant.asLocalTimestamp();
      case BINARY -> variant.asBinary();
      case STRING -> variant.asString();
      case UUID -> variant.asUuid();
      case OBJECT -> variant.asObject();
      case ARRAY -> variant.asArray();
    };
  }
}
