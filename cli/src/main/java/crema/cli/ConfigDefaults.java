package crema.cli;

import crema.base.NearestName;
import crema.base.UserError;
import crema.cli.ConfigFile.Setting;
import crema.run.DataSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * Gives the options of a command that its command line leaves open the values of its config files. Every long option is
 * a key, without its dashes; what a command learns to do can be configured at once.
 *
 * <p>Relative paths in a config file are relative to the file's folder: it means the same wherever it is used from. The
 * data files of a training are relative to {@code --data} instead where that is given.
 */
final class ConfigDefaults implements IDefaultValueProvider {
  /** The option that names the config files; of several, a later one overrides those before it. */
  static final String OPTION = "--config";

  /** Says what to do now, or from which folder data files come: not among the settings of a run. */
  private static final Set<String> NO_KEYS = Set.of("config", "resume", "help", "version");

  private static final String DATA = "data";
  private static final String DATA_SECTION = "Data";

  /** The last of the files; those before it may be shared with other runs. */
  private final Path own;
  private final Map<String, Setting> settings;
  private final Set<String> dataFiles;

  private ConfigDefaults(Path own, Map<String, Setting> settings, Set<String> dataFiles) {
    this.own = own;
    this.settings = settings;
    this.dataFiles = dataFiles;
  }

  /**
   * Lets a command have the values of the config files that its arguments name.
   *
   * @param command a command below the one that is run
   * @param configurable the same, which knows what names its files
   * @param arguments the whole command line, from the command's name
   * @throws UserError when a config has a key that is not an option of the command, or a list for a single
   *     value
   */
  static void attach(CommandLine command, Configurable configurable, String... arguments) throws IOException {
    ParseResult given = parseLeniently(command, arguments);
    List<Path> files = configurable.configs(given);
    if (files.isEmpty()) {
      return;
    }
    var keys = keys(command);
    var settings = new LinkedHashMap<String, Setting>();
    for (Path file : files) {
      ConfigFile.read(file).forEach((key, setting) -> {
        check(setting, keys);
        settings.put(key, setting);
      });
    }
    boolean dataFolder = settings.containsKey(DATA) || given.hasMatchedOption("--" + DATA);
    settings.keySet().removeIf(key -> given.hasMatchedOption("--" + key));
    command.setDefaultValueProvider(
        new ConfigDefaults(files.getLast(), settings, dataFolder ? dataFiles(command) : Set.of()));
  }

  /** Which options the command line has, whatever is wrong with it: that is told when it is parsed in earnest. */
  private static ParseResult parseLeniently(CommandLine command, String... arguments) {
    var parser = command.getCommandSpec().parser();
    parser.collectErrors(true);
    try {
      return command.getParent().parseArgs(arguments).subcommand();
    } finally {
      parser.collectErrors(false);
    }
  }

  /** The options of a command that can be keys, by their keys. */
  static Map<String, OptionSpec> keys(CommandLine command) {
    var keys = new TreeMap<String, OptionSpec>();
    for (OptionSpec option : command.getCommandSpec().options()) {
      String key = key(option);
      if (!option.hidden() && !NO_KEYS.contains(key)) {
        keys.put(key, option);
      }
    }
    return keys;
  }

  /** The keys of the section of data that are files. */
  private static Set<String> dataFiles(CommandLine command) {
    CommandSpec section = command.getCommandSpec().mixins().get(DATA_SECTION);
    return section == null ? Set.of() : section.options().stream()
        .filter(ConfigDefaults::isPath).map(ConfigDefaults::key).filter(key -> !key.equals(DATA))
        .collect(Collectors.toSet());
  }

  /** The key of an option: its long name without dashes. */
  static String key(OptionSpec option) {
    return option.longestName().replaceFirst("^-+", "");
  }

  private static void check(Setting setting, Map<String, OptionSpec> keys) {
    OptionSpec option = keys.get(setting.key());
    if (option == null) {
      throw setting.mistake("there is no key '" + setting.key() + "'" + NearestName.among(setting.key(), keys.keySet())
          .map(near -> "; did you mean '" + near + "'?").orElse("; the keys are the long options of the command"));
    }
    if (setting.values().isEmpty()) {
      throw setting.mistake(setting.key() + " is an empty list; leave it out");
    }
    if (setting.isList() && !option.isMultiValue()) {
      throw setting.mistake(setting.key() + " takes one value, not a list");
    }
  }

  /** Whether the command line or a config file gives an option its value. */
  static boolean isGiven(CommandLine command, OptionSpec option) {
    return command.getParseResult().hasMatchedOption(option.longestName()) || setting(command, option) != null;
  }

  /** Whether an option is given for this run alone: not by a file that may be shared with runs to which it matters. */
  static boolean isGivenAlone(CommandLine command, OptionSpec option) {
    Setting setting = setting(command, option);
    return setting == null ? isGiven(command, option)
        : command.getDefaultValueProvider() instanceof ConfigDefaults config && setting.file().equals(config.own);
  }

  /** A mistake in an option, which names it where it stands: on the command line, or in a config file. */
  static UserError mistake(CommandLine command, OptionSpec option, String what) {
    Setting setting = setting(command, option);
    return setting == null ? new UserError(option.longestName() + what) : setting.mistake(setting.key() + what);
  }

  private static @Nullable Setting setting(CommandLine command, @Nullable ArgSpec option) {
    return command.getDefaultValueProvider() instanceof ConfigDefaults config ? config.setting(option) : null;
  }

  private @Nullable Setting setting(@Nullable ArgSpec option) {
    return option instanceof OptionSpec named ? settings.get(key(named)) : null;
  }

  /** A value in a config file that is not of the option's type; empty where the command line has the mistake. */
  static Optional<UserError> wrongType(ParameterException mistake) {
    ArgSpec option = mistake.getArgSpec();
    Setting setting = setting(mistake.getCommandLine(), option);
    return setting == null ? Optional.empty() : Optional.of(setting.mistake(
        setting.key() + " must be " + expected(option) + ", not '" + String.join(", ", setting.values()) + "'"));
  }

  private static String expected(ArgSpec option) {
    Class<?> type = option.auxiliaryTypes()[0];
    if (type == int.class || type == Integer.class || type == long.class || type == Long.class) {
      return "a whole number";
    }
    if (type == double.class || type == Double.class) {
      return "a number";
    }
    if (type == boolean.class || type == Boolean.class) {
      return "true or false";
    }
    return type.isEnum()
        ? "one of " + Arrays.stream(type.getEnumConstants()).map(Object::toString).collect(Collectors.joining(", "))
        : "a " + option.paramLabel();
  }

  @Override
  public @Nullable String defaultValue(ArgSpec option) {
    Setting setting = setting(option);
    if (setting == null) {
      return null;
    }
    var values = new ArrayList<String>();
    for (String value : setting.values()) {
      values.add(quote(isPath(option) && !dataFiles.contains(setting.key()) ? resolve(value, setting.file()) : value,
          option, setting));
    }
    // Picocli replaces ${names} in defaults; what stands in a file is meant as it stands.
    return String.join(option.splitRegex(), values).replace("${", "$${");
  }

  /** By convention options that take paths say so: their type is Path, or their value is called FILE or DIR. */
  static boolean isPath(ArgSpec option) {
    return option.auxiliaryTypes()[0] == Path.class || Set.of("FILE", "DIR").contains(option.paramLabel());
  }

  private static String resolve(String value, Path file) {
    return value.equals(DataSettings.PRODUCT_TITLES) ? value : file.resolveSibling(value).normalize().toString();
  }

  /** A list reaches picocli as one text, which it splits at commas that are not in quotes. */
  private static String quote(String value, ArgSpec option, Setting setting) {
    if (option.splitRegex().isEmpty() || !value.contains(option.splitRegex())) {
      return value;
    }
    if (value.contains("\"")) {
      throw setting.mistake(setting.key() + ": a value cannot have both a comma and a double quote: " + value);
    }
    return '"' + value + '"';
  }
}
