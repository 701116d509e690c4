package crema.cli;

import crema.cli.console.Terminal;
import crema.report.TerminalStyle;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** The commands that there are, with their options, for tests that try each. */
public final class CommandSpecs {
  private CommandSpecs() {}

  /** Every command that does something, by its words: {@code data preview}. Those that the help does not list are left out. */
  public static Map<String, CommandSpec> all() {
    var nothing = new PrintStream(OutputStream.nullOutputStream());
    var terminal =
        new Terminal(InputStream.nullInputStream(), nothing, nothing, TerminalStyle.PLAIN, false, 100);
    var specs = new TreeMap<String, CommandSpec>();
    addTo(specs, "", Crema.line(terminal));
    return specs;
  }

  private static void addTo(Map<String, CommandSpec> specs, String name, CommandLine line) {
    if (line.getSubcommands().isEmpty() && !line.getCommandSpec().usageMessage().hidden()) {
      specs.put(name, line.getCommandSpec());
    }
    line.getSubcommands().forEach((word, nested) -> addTo(specs, name.isEmpty() ? word : name + " " + word, nested));
  }
}
