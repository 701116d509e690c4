package crema.data;

import crema.base.UserError;

/** A fault in the user's data or in how it was described; the message is one line that says what is wrong and where. */
public final class DataException extends UserError {
  private static final long serialVersionUID = 1L;

  /** Makes an exception with a one-line message. */
  public DataException(String message) {
    super(message);
  }

  /** Makes an exception with a one-line message for a failure of the system beneath. */
  public DataException(String message, Throwable cause) {
    super(message, cause);
  }
}
