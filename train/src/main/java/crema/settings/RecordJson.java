package crema.settings;

import crema.base.AtomicFile;
import crema.base.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.json.JsonMapper;

/** Records of a training run as JSON, their components in snake case. Prediction does without it. */
public final class RecordJson {
  private static final JsonMapper JSON = JsonMapper.builder()
      .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
      .enable(SerializationFeature.INDENT_OUTPUT)
      .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
      .build();

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
    } catch (JacksonException e) {
      throw JsonFile.damaged(file.toString(), firstLine(e), e);
    }
  }

  /**
   * A record from what {@link JsonFile} read.
   *
   * @param file where it was read from, for messages
   * @throws UserError when the value is not such a record
   */
  public static <T> T of(@Nullable Object value, Path file, Class<T> type) {
    try {
      return JSON.convertValue(value, type);
    } catch (JacksonException e) {
      throw JsonFile.damaged(file.toString(), firstLine(e), e);
    }
  }

  /** Reads a record from JSON text. */
  public static <T> T read(String text, Class<T> type) {
    return JSON.readValue(text, type);
  }

  /** A record as JSON text. */
  public static String toText(Object value) {
    return JSON.writeValueAsString(value);
  }

  private static String firstLine(JacksonException e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof UserError) {
        return String.valueOf(cause.getMessage());
      }
    }
    if (e instanceof UnrecognizedPropertyException unknown) {
      return "this version of Crema does not know the key '" + unknown.getPropertyName() + "'";
    }
    return e.getOriginalMessage().lines().findFirst().orElse("not the JSON that was expected");
  }
}
