package crema.tokenizer;

import crema.base.UserError;

/**
 * A {@code tokenizer.json} that is damaged, contradicts itself or uses what this library does not support. The message
 * is one line: the file, the path of the offending key ({@code model.merges[17]}) and what is wrong with it.
 */
public final class TokenizerFormatException extends UserError {
  private static final long serialVersionUID = 1L;

  TokenizerFormatException(String message) {
    super(message);
  }

  TokenizerFormatException(String message, Throwable cause) {
    super(message, cause);
  }
}
