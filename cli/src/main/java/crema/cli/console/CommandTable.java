package crema.cli.console;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/**
 * The subcommands of a command, in the order of its help. One that is called is made alone: to read the options of all
 * from their annotations takes longer than a prediction.
 */
public final class CommandTable {
  private final Map<String, Supplier<Object>> commands = new LinkedHashMap<>();

  /**
   * Adds a command.
   *
   * @param command makes it: an object with picocli's annotations, or a {@link CommandLine}
   */
  public CommandTable add(String name, Supplier<Object> command) {
    commands.put(name, command);
    return this;
  }

  /**
   * Makes the command of that name a subcommand, or all of them if there is none: for the help, and for suggestions.
   */
  public void addTo(CommandLine line, @Nullable String name) {
    Supplier<Object> called = commands.get(name);
    if (called != null) {
      line.addSubcommand(name, called.get());
    } else {
      commands.forEach((each, command) -> line.addSubcommand(each, command.get()));
    }
  }
}
