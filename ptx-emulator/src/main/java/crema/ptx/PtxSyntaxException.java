package crema.ptx;

/**
 * A text that is not PTX, or that needs something the emulator does not know. The message is one line that names the
 * line.
 */
public final class PtxSyntaxException extends RuntimeException {
  private final int line;

  /**
   * @param file what the text is called
   * @param line line of the text, from 1
   * @param what what is wrong
   */
  public PtxSyntaxException(String file, int line, String what) {
    super(file + ":" + line + ": " + what.replaceAll("[\\r\\n]+", " "));
    this.line = line;
  }

  /** Line of the text, from 1. */
  public int line() {
    return line;
  }
}
