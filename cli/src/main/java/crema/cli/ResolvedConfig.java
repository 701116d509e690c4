package crema.cli;

import crema.run.DataSettings;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The settings of a run with their final values, from whatever they come: a config file that starts the same run
 * again. Paths in it are absolute. Where the run writes and how it is watched is not in it, and neither is what has no
 * value.
 */
final class ResolvedConfig {
  /** Options that do not decide on what is computed. */
  private static final Set<String> UNRELATED =
      Set.of("config", "resume", "overwrite", "output", "device", "threads", "quiet", "data", "help", "version");

  private static final DumpSettings FORMAT = DumpSettings.builder()
      .setDefaultFlowStyle(FlowStyle.BLOCK).setWidth(Integer.MAX_VALUE).setUseUnicodeEncoding(true).build();

  private ResolvedConfig() {}

  /** Whether an option is among the settings of a run. */
  static boolean holds(String key) {
    return !UNRELATED.contains(key);
  }

  /**
   * The settings of a command that was parsed, as YAML.
   *
   * @param command the command; its mixins become sections
   * @param hasEffect which options matter to the run
   */
  static String of(CommandSpec command, Predicate<OptionSpec> hasEffect) {
    var yaml = new StringBuilder();
    var inSections = new HashSet<String>();
    var sections = new StringBuilder();
    command.mixins().forEach((name, mixin) -> {
      mixin.options().forEach(option -> inSections.add(option.longestName()));
      append(name, mixin.options(), hasEffect, sections);
    });
    append("Run", command.options().stream().filter(option -> !inSections.contains(option.longestName())).toList(),
        hasEffect, yaml);
    return yaml.append(sections).toString();
  }

  private static void append(String name, List<OptionSpec> options, Predicate<OptionSpec> hasEffect,
      StringBuilder yaml) {
    var values = new LinkedHashMap<String, Object>();
    for (OptionSpec option : options) {
      Object value = value(option);
      if (holds(ConfigDefaults.key(option)) && hasEffect.test(option) && value != null) {
        values.put(ConfigDefaults.key(option), value);
      }
    }
    if (!values.isEmpty()) {
      yaml.append("# ").append(name).append('\n').append(new Dump(FORMAT).dumpToString(values)).append('\n');
    }
  }

  private static @Nullable Object value(OptionSpec option) {
    Object value = option.getValue();
    if (value instanceof Collection<?> items) {
      return items.isEmpty() ? null : items.stream().map(item -> plain(item, option)).toList();
    }
    return value == null ? null : plain(value, option);
  }

  private static Object plain(Object value, OptionSpec option) {
    if (value.equals(DataSettings.PRODUCT_TITLES) || value instanceof Boolean || value instanceof Number) {
      return value;
    }
    String text = value.toString();
    return ConfigDefaults.isPath(option) ? Path.of(text).toAbsolutePath().normalize().toString() : text;
  }
}
