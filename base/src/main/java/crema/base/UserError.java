package crema.base;

/**
 * What a user asked for cannot be done: a setting, a directory, a model or a row is not as it must be. The message is
 * one line that says what is wrong, where, and what to do.
 *
 * <p>All of Crema's exceptions of this sort extend this one, so it is the one to catch. Others are bugs, or failures of
 * the system such as {@link java.io.IOException}.
 */
public class UserError extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** A mistake with a message for the user. */
  public UserError(String message) {
    super(message);
  }

  /** A mistake with a message for the user, and what brought it to light. */
  public UserError(String message, Throwable cause) {
    super(message, cause);
  }
}
