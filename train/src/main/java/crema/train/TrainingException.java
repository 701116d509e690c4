package crema.train;

/**
 * What a user asked for cannot be done: a setting, a directory or a model is not as it must be. The message is one line
 * that says what is wrong, where, and what to do.
 */
public final class TrainingException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** A mistake with a message for the user. */
  public TrainingException(String message) {
    super(message);
  }

  /** A mistake with a message for the user, and what brought it to light. */
  public TrainingException(String message, Throwable cause) {
    super(message, cause);
  }
}
