package crema.cli;

import crema.base.UserError;
import crema.settings.Assignment;
import crema.settings.Origin;
import crema.settings.Setting;
import crema.settings.Settings;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** The flags of a command that stand for settings. Picocli takes them apart; what they say is read by the settings. */
final class SettingOptions {
  private SettingOptions() {}

  /** A command some of whose flags stand for settings. */
  interface Command {
    /** The settings; two of a name are of different model families. */
    Collection<Setting<?>> rows();
  }

  /** Adds a flag for each setting. */
  static void addTo(CommandSpec command, Collection<Setting<?>> rows) {
    var byName = new LinkedHashMap<String, Setting<?>>();
    rows.forEach(row -> byName.merge(row.name(), row, (one, other) -> one.isList() || other.isFlag() ? one : other));
    byName.values().forEach(row -> command.addOption(option(row, row.help())));
  }

  /**
   * A flag.
   *
   * @param description what the help says of it
   */
  static OptionSpec option(Setting<?> row, String description) {
    var names = new LinkedHashSet<>(row.aliases());
    names.add(row.flag());
    OptionSpec.Builder option =
        OptionSpec.builder(names.toArray(String[]::new)).description(description.replace("%", "%%"));
    if (row.isFlag()) {
      return option.type(Boolean.class).build();
    }
    option.paramLabel(row.label()).arity("1");
    return row.isList()
        ? option.type(List.class).auxiliaryTypes(String.class).build()
        : option.type(String.class).build();
  }

  /**
   * What the help of a command with few settings says of one: all that there is.
   *
   * @param shownDefault empty for none
   */
  static String description(Setting<?> row, String shownDefault) {
    return row.help() + (row.details().isEmpty() ? "" : ": " + row.details())
        + (shownDefault.isEmpty() ? "." : " (default: " + shownDefault + ").");
  }

  /** What the flags of a command line say, by the names of the settings. */
  static Map<String, Assignment> given(ParseResult line, Collection<Setting<?>> rows) {
    var given = new LinkedHashMap<String, Assignment>();
    for (Setting<?> row : rows) {
      if (line.hasMatchedOption(row.flag()) && !given.containsKey(row.name())) {
        Object value = line.matchedOption(row.flag()).getValue();
        List<String> texts = value instanceof List<?> items ? items(items) : List.of(String.valueOf(value));
        // One family's setting may take a list where another's of that name takes one value.
        given.put(row.name(), new Assignment(row.name(), texts, texts.size() != 1, Origin.FLAG));
      }
    }
    return given;
  }

  private static List<String> items(List<?> texts) {
    var items = new ArrayList<String>();
    texts.forEach(text -> items.addAll(CommaSeparated.split(String.valueOf(text))));
    return items;
  }

  /** The error for a flag that the command does not have, in the words that an unknown key of a config file gets. */
  static UserError unknown(String flag, Command command) {
    return Settings.unknown(new Assignment(flag.replaceFirst("^-+", ""), "", Origin.FLAG), command.rows());
  }

  /** The error for a flag that is neither true nor false, which Picocli finds; empty if the mistake is another one. */
  static Optional<UserError> wrongType(ParameterException mistake, Command command) {
    if (mistake.getArgSpec() instanceof OptionSpec option && mistake.getValue() != null) {
      String value = mistake.getValue();
      return command.rows().stream().filter(row -> row.isFlag() && row.flag().equals(option.longestName())).findFirst()
          .map(row -> new Assignment(row.name(), value, Origin.FLAG)
              .error(" must be " + row.values() + ", not '" + value + "'"));
    }
    return Optional.empty();
  }
}
