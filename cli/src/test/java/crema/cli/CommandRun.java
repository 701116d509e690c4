package crema.cli;

import crema.cli.console.Terminal;
import crema.report.TerminalStyle;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * What a command printed and returned.
 *
 * @param code the exit code
 * @param out what it wrote to standard output
 * @param err what it wrote to standard error
 */
public record CommandRun(int code, String out, String err) {
  /** Runs a command as if no stream were a terminal, with nothing to read. */
  public static CommandRun of(String... arguments) {
    return reading("", arguments);
  }

  /** Runs a command that finds a text on its standard input. */
  public static CommandRun reading(String input, String... arguments) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    var terminal = new Terminal(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
        new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(err, true, StandardCharsets.UTF_8), TerminalStyle.PLAIN, false, 100);
    int code = Crema.run(terminal, arguments);
    terminal.out().flush();
    return new CommandRun(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  /** The last line of standard error. */
  public String lastError() {
    return err.lines().reduce("", (_, line) -> line);
  }
}
