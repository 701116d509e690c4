package crema.report;

/**
 * What the output can show.
 *
 * @param columns how wide it is
 * @param colour whether it understands ANSI colours: true only for a terminal
 */
public record TerminalStyle(int columns, boolean colour) {

  /** For pipes and files: no colours, and wide enough for most lines. */
  public static final TerminalStyle PLAIN = new TerminalStyle(120, false);

  /** What matters most. */
  public String bold(String text) {
    return sgr("1", text);
  }

  /** What matters less. */
  public String faint(String text) {
    return sgr("2", text);
  }

  /** What speaks for something: green, in bold if it speaks strongly. */
  public String pro(String text, boolean strongly) {
    return sgr(strongly ? "1;32" : "32", text);
  }

  /** What speaks against something: red, in bold if it speaks strongly. */
  public String contra(String text, boolean strongly) {
    return sgr(strongly ? "1;31" : "31", text);
  }

  private String sgr(String code, String text) {
    return colour ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
  }
}
