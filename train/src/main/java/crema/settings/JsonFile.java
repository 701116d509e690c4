package crema.settings;

import crema.base.AtomicFile;
import crema.base.ByteSource;
import crema.base.UserError;
import crema.base.json.Json;
import crema.base.json.JsonException;
import crema.base.json.JsonValues;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * JSON objects as plain values: maps in the order of their keys, lists, strings, booleans, and numbers as {@link Integer},
 * {@link Long} or {@link Double}. The one place where files of a model directory are read and written as JSON.
 */
public final class JsonFile {
  private JsonFile() {}

  /**
   * Reads a JSON object.
   *
   * @throws UserError when the file is not one
   */
  public static Map<String, @Nullable Object> read(Path file) throws IOException {
    return read(ByteSource.of(file));
  }

  /**
   * Reads a JSON object.
   *
   * @throws UserError when it is not one
   */
  public static Map<String, @Nullable Object> read(ByteSource file) throws IOException {
    try (InputStream in = file.open()) {
      return JsonValues.toMap(Json.parse(in));
    } catch (JsonException e) {
      throw damaged(file.name(), e.getMessage(), e);
    }
  }

  /** What is said of a file that cannot be used as it is. */
  public static UserError damaged(String name, String what, @Nullable Throwable cause) {
    String message = name + " is damaged: " + what + "; copy it again, or train again with --overwrite";
    return cause == null ? new UserError(message) : new UserError(message, cause);
  }

  /** Writes a JSON object; what the file held before stays if that fails. */
  public static void write(Path file, Map<String, ? extends @Nullable Object> object) throws IOException {
    AtomicFile.writeText(file, JsonValues.toJson(object).toPrettyString() + "\n");
  }
}
