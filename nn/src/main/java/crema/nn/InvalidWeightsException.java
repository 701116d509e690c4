package crema.nn;

import crema.base.UserError;

/**
 * Weights that cannot be used: a malformed file, a tensor of another shape, a name that is missing. The message is one
 * line for the user.
 */
public final class InvalidWeightsException extends UserError {
  private static final long serialVersionUID = 1L;

  /** Says what is wrong, and where. */
  public InvalidWeightsException(String message) {
    super(message);
  }

  /** Says what is wrong, and where, and keeps what led there. */
  public InvalidWeightsException(String message, Throwable cause) {
    super(message, cause);
  }
}
