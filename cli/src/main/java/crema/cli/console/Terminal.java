package crema.cli.console;

import crema.report.TerminalStyle;
import java.io.BufferedOutputStream;
import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/**
 * The standard streams, in UTF-8 whatever the locale, and what they can show. Results go to {@link #out}; progress,
 * warnings and errors go to {@link #err}, so that output can be piped.
 *
 * @param in what to read where no file is given
 * @param out for results
 * @param err for everything else
 * @param outStyle what {@code out} can show
 * @param errIsTerminal whether somebody watches {@code err}
 * @param columns the width of the terminal
 */
public record Terminal(
    InputStream in, PrintStream out, PrintStream err, TerminalStyle outStyle, boolean errIsTerminal, int columns) {
  private static final int DEFAULT_COLUMNS = 100;

  /**
   * The process's own streams. A launcher that can tell says in {@code crema.terminal} which of them are terminals;
   * otherwise the JVM is asked, which knows of input and output together only.
   */
  public static Terminal system() {
    String told = System.getProperty("crema.terminal");
    Set<String> terminals = told == null ? terminalsByConsole() : Set.of(told.split(","));
    int columns = columns(System.getProperty("crema.columns", ""));
    // Untold, this is a console of Windows, which may show escape sequences as they are.
    boolean colour = told != null && terminals.contains("out") && System.getenv("NO_COLOR") == null;
    return new Terminal(System.in, stream(FileDescriptor.out, terminals.contains("out")),
        stream(FileDescriptor.err, true), new TerminalStyle(columns, colour), terminals.contains("err"), columns);
  }

  private static Set<String> terminalsByConsole() {
    Console console = System.console();
    return console != null && console.isTerminal() ? Set.of("out", "err") : Set.of();
  }

  private static PrintStream stream(FileDescriptor descriptor, boolean autoFlush) {
    return new PrintStream(new BufferedOutputStream(new FileOutputStream(descriptor), 1 << 13), autoFlush,
        StandardCharsets.UTF_8);
  }

  private static int columns(String text) {
    try {
      int columns = Integer.parseInt(text.strip());
      return columns >= 40 ? columns : DEFAULT_COLUMNS;
    } catch (NumberFormatException e) {
      return DEFAULT_COLUMNS;
    }
  }
}
