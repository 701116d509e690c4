package crema.base.json;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/** A text that is not JSON, or JSON that does not hold what was expected. The message is one line. */
public final class JsonException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private static final Pattern ASIDES = Pattern.compile(
      " \\(code \\d+(?: / 0x[0-9a-f]+)?\\)| \\(start marker at \\[.*?\\]\\)|: maybe a \\(non-standard\\) comment.*|"
          + " \\(not recognized as one since.*|\\s*\\[Source: .*?\\]| \\(or '?NaN.*?\\)");

  /** What is wrong, in one line. */
  public JsonException(String message) {
    this(message, null);
  }

  /** What is wrong, in one line, and why. */
  public JsonException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /** The parser's complaint without the places and sources that it adds, and without its own settings and codes. */
  static JsonException of(JacksonException e) {
    String message = e.getOriginalMessage().lines().findFirst().orElse("unreadable");
    return new JsonException(ASIDES.matcher(message).replaceAll(""), e);
  }

  /** The message; never null. */
  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }
}
