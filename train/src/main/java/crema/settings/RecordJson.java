package crema.settings;

import crema.base.AtomicFile;
import crema.base.UserError;
import crema.base.json.Json;
import crema.base.json.JsonException;
import crema.base.json.JsonRecords;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Records of a training run as JSON, their components in snake case. Prediction does without it. */
public final class RecordJson {
  private RecordJson() {}

  /** Writes a record; what the file held before stays if that fails. */
  public static void write(Path file, Object value) throws IOException {
    AtomicFile.writeText(file, toText(value) + "\n");
  }

  /**
   * Reads a record.
   *
   * @throws UserError when the file is not such a record
   */
  public static <T> T read(Path file, Class<T> type) throws IOException {
    try {
      return read(Files.readString(file), type);
    } catch (JsonException e) {
      throw JsonFile.damaged(file.toString(), e.getMessage(), e);
    }
  }

  /**
   * A record from what {@link JsonFile} read.
   *
   * @param name of the file that it was read from, for messages
   * @throws UserError when the value is not such a record
   */
  public static <T> T of(@Nullable Object value, String name, Class<T> type) {
    try {
      return JsonRecords.read(JsonRecords.toJson(value), type);
    } catch (JsonException e) {
      throw JsonFile.damaged(name, e.getMessage(), e);
    }
  }

  /**
   * Reads a record from JSON text.
   *
   * @throws JsonException when the text is not such a record
   */
  public static <T> T read(String text, Class<T> type) {
    return JsonRecords.read(Json.parse(text), type);
  }

  /** A record as JSON text. */
  public static String toText(Object value) {
    return JsonRecords.toJson(value).toPrettyString();
  }
}
