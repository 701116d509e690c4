package crema.settings;

import crema.base.AtomicFile;
import crema.base.UserError;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * JSON objects as plain values: maps in the order of their keys, lists, strings, booleans, and numbers as {@link Integer},
 * {@link Long} or {@link Double}. The one place where files of a model directory are read and written as JSON.
 *
 * <p>Jackson's tree is used and nothing of its data binding: that reads annotations, and an application may bring an
 * older jar of those.
 */
public final class JsonFile {
  private JsonFile() {}

  /**
   * Reads a JSON object.
   *
   * @throws UserError when the file is not one
   */
  public static Map<String, @Nullable Object> read(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return read(in, file.toString());
    }
  }

  /**
   * Reads a JSON object.
   *
   * @param name of what is read, for messages
   * @throws UserError when it is not one
   */
  public static Map<String, @Nullable Object> read(InputStream in, String name) throws IOException {
    try {
      // Whole, so that an error of reading is one of reading and not of JSON.
      JsonNode root = JsonMapper.shared().readTree(in.readAllBytes());
      if (root instanceof ObjectNode object) {
        return map(object);
      }
      throw damaged(name, "it is not a JSON object", null);
    } catch (JacksonException e) {
      throw damaged(name, e.getOriginalMessage().lines().findFirst().orElse("it is not JSON"), e);
    }
  }

  /** What is said of a file that cannot be used as it is. */
  public static UserError damaged(String name, String what, @Nullable Throwable cause) {
    String message = name + " is damaged: " + what + "; copy it again, or train again with --overwrite";
    return cause == null ? new UserError(message) : new UserError(message, cause);
  }

  /** Writes a JSON object; what the file held before stays if that fails. */
  public static void write(Path file, Map<String, ? extends @Nullable Object> object) throws IOException {
    AtomicFile.writeText(file, node(object).toPrettyString() + "\n");
  }

  private static Map<String, @Nullable Object> map(ObjectNode object) {
    var map = new LinkedHashMap<String, @Nullable Object>();
    object.properties().forEach(entry -> map.put(entry.getKey(), value(entry.getValue())));
    return map;
  }

  private static @Nullable Object value(JsonNode node) {
    return switch (node) {
      case ObjectNode object -> map(object);
      case ArrayNode array -> array.valueStream().map(JsonFile::value).collect(ArrayList::new, List::add, List::addAll);
      case JsonNode text when text.isString() -> text.stringValue();
      case JsonNode truth when truth.isBoolean() -> truth.booleanValue();
      case JsonNode number when number.isNumber() -> number.numberValue();
      default -> null;
    };
  }

  private static JsonNode node(@Nullable Object value) {
    var nodes = JsonMapper.shared().getNodeFactory();
    return switch (value) {
      case null -> nodes.nullNode();
      case Map<?, ?> map -> {
        ObjectNode object = nodes.objectNode();
        map.forEach((key, each) -> object.set(String.valueOf(key), node(each)));
        yield object;
      }
      case Iterable<?> list -> {
        ArrayNode array = nodes.arrayNode();
        list.forEach(each -> array.add(node(each)));
        yield array;
      }
      case Boolean truth -> nodes.booleanNode(truth);
      case Integer number -> nodes.numberNode(number);
      case Long number -> nodes.numberNode(number);
      case Double number -> nodes.numberNode(number);
      default -> nodes.stringNode(value.toString());
    };
  }
}
