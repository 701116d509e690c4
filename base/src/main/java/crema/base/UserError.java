package crema.base;

/**
 * What a user asked for cannot be done: a setting, a directory, a model or a row is not as it must be. The message is
 * one line that says what is wrong, where, and what to do.
 *
 * <p>All of Crema's exceptions of this sort extend this one, so it is the one to catch. Others are bugs, or failures of
 * the system such as {@link java.io.IOException}.
 */
public class UserError extends RuntimeException {
  /** The characters of the longest message: only what files hold makes one longer, and then it is cut. */
  public static final int LONGEST_MESSAGE = 2400;

  private static final long serialVersionUID = 1L;

  /** A mistake with a message for the user. */
  public UserError(String message) {
    super(cut(message));
  }

  /** A mistake with a message for the user, and what brought it to light. */
  public UserError(String message, Throwable cause) {
    super(cut(message), cause);
  }

  /**
   * A message that is no longer than {@link #LONGEST_MESSAGE}: a longer one loses its middle, since what is wrong stands first
   * and what to do last.
   */
  public static String cut(String message) {
    if (message.length() <= LONGEST_MESSAGE) {
      return message;
    }
    int kept = LONGEST_MESSAGE / 2 - 1;
    int end = message.length() - kept;
    return message.substring(0, Character.isHighSurrogate(message.charAt(kept - 1)) ? kept - 1 : kept) + "…"
        + message.substring(Character.isLowSurrogate(message.charAt(end)) ? end + 1 : end);
  }
}
