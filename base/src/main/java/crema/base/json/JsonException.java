package crema.base.json;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/** A text that is not JSON, or JSON that does not hold what was expected. The message is one line. */
public final class JsonException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** What is wrong, in one line. */
  public JsonException(String message) {
    this(message, null);
  }

  /** What is wrong, in one line, and why. */
  public JsonException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /** The parser's complaint without the place and the source that it adds on further lines. */
  static JsonException of(JacksonException e) {
    return new JsonException(e.getOriginalMessage().lines().findFirst().orElse("unreadable"), e);
  }

  /** The message; never null. */
  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }
}
