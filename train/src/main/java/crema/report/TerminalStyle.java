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

  String bold(String text) {
    return sgr("1", text);
  }

  String faint(String text) {
    return sgr("2", text);
  }

  private String sgr(String code, String text) {
    return colour ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
  }
}
