package crema.base.json;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.StringWriter;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.PrettyPrinter;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.core.util.DefaultPrettyPrinter;

/** Reads and writes JSON. Nesting, numbers and strings are bounded by the parser, whatever a text holds. */
public final class Json {
  private static final JsonFactory FACTORY =
      JsonFactory.builder().disable(StreamWriteFeature.AUTO_CLOSE_TARGET).build();

  /** Also reads what Python writes where there is no number. */
  private static final JsonFactory OF_PYTHON =
      JsonFactory.builder().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build();

  /** Has a generator indent what it writes. */
  private static final ObjectWriteContext INDENTED = new ObjectWriteContext.Base() {
    @Override
    public PrettyPrinter getPrettyPrinter() {
      return new DefaultPrettyPrinter();
    }

    @Override
    public boolean hasPrettyPrinter() {
      return true;
    }
  };

  /** Of a key that occurs twice, the last value counts, and nothing is said of it. */
  private static final Consumer<String> LAST_WINS = key -> {};

  private Json() {}

  /**
   * Reads a text that is one JSON value. Of a key that occurs twice, the last value counts.
   *
   * @throws JsonException if it is not JSON, is empty, or goes on after the value
   */
  public static JsonNode parse(String text) {
    return parse(FACTORY.createParser(ObjectReadContext.empty(), text), LAST_WINS);
  }

  /**
   * Reads a text that is one JSON value, in which {@code NaN} and {@code Infinity} may stand for {@code null}: Python's json
   * writes them.
   *
   * @throws JsonException if it is not JSON, is empty, or goes on after the value
   */
  public static JsonNode parseWithNaN(String text) {
    return parseWithNaN(text, LAST_WINS);
  }

  /**
   * The same, where something is done about keys that occur twice.
   *
   * @param repeated receives each such key; the last value counts
   * @throws JsonException if it is not JSON, is empty, or goes on after the value
   */
  public static JsonNode parseWithNaN(String text, Consumer<String> repeated) {
    return parse(OF_PYTHON.createParser(ObjectReadContext.empty(), text), repeated);
  }

  /**
   * Reads a file that is one JSON value, in UTF-8, and leaves the stream open at its end.
   *
   * @throws JsonException if it is not JSON, is empty, or goes on after the value
   */
  public static JsonNode parse(InputStream in) throws IOException {
    try {
      return parse(FACTORY.createParser(ObjectReadContext.empty(), in), LAST_WINS);
    } catch (JacksonIOException e) {
      throw e.getCause();
    }
  }

  private static JsonNode parse(JsonParser open, Consumer<String> repeated) {
    try (JsonParser parser = open) {
      if (parser.nextToken() == null) {
        throw new JsonException("it is empty");
      }
      JsonNode value = read(parser, repeated);
      if (parser.nextToken() != null) {
        throw new JsonException("there is more after the value");
      }
      return value;
    } catch (JacksonIOException e) {
      throw e;
    } catch (JacksonException e) {
      throw JsonException.of(e);
    }
  }

  /** A parser of a file in UTF-8, for what is too large for a tree. */
  public static JsonParser parser(InputStream in) {
    return FACTORY.createParser(ObjectReadContext.empty(), in);
  }

  /**
   * Reads the value at a parser's current token, and leaves the parser at its last.
   *
   * @throws JsonException if an object has a key twice
   */
  public static JsonNode read(JsonParser parser) {
    return read(parser, key -> {
      throw new JsonException("the key '" + key + "' occurs twice");
    });
  }

  private static JsonNode read(JsonParser parser, Consumer<String> repeated) {
    return switch (parser.currentToken()) {
      case START_OBJECT -> {
        var object = new ObjectNode();
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
          String key = parser.currentName();
          if (object.get(key) != null) {
            repeated.accept(key);
          }
          parser.nextToken();
          object.set(key, read(parser, repeated));
        }
        yield object;
      }
      case START_ARRAY -> {
        var array = new ArrayNode();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          array.add(read(parser, repeated));
        }
        yield array;
      }
      case VALUE_STRING -> ValueNode.of(parser.getString());
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT ->
          parser.isNaN() ? ValueNode.NULL : ValueNode.of(parser.getNumberValue());
      case VALUE_TRUE -> ValueNode.of(true);
      case VALUE_FALSE -> ValueNode.of(false);
      case VALUE_NULL -> ValueNode.NULL;
      case null, default -> throw new JsonException("a value should be where " + parser.currentToken() + " is");
    };
  }

  /** A value as JSON on one line. */
  public static String write(JsonNode value) {
    return write(value, ObjectWriteContext.empty());
  }

  /** A value as JSON, indented; short arrays stay on one line. */
  public static String pretty(JsonNode value) {
    return write(value, INDENTED);
  }

  private static String write(JsonNode value, ObjectWriteContext context) {
    var text = new StringWriter();
    try (JsonGenerator json = FACTORY.createGenerator(context, text)) {
      value.write(json);
    }
    return text.toString();
  }

  /** A text as a JSON string, in quotes. */
  public static String quote(@Nullable String text) {
    return write(ValueNode.of(text));
  }

  /** A generator of an indented file in UTF-8, for what is too large for a tree. Closing it leaves the stream open. */
  public static JsonGenerator indentedGenerator(OutputStream out) {
    return FACTORY.createGenerator(INDENTED, out);
  }
}
