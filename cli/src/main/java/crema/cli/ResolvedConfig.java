package crema.cli;

import crema.run.DataSettings;
import crema.settings.Member;
import crema.settings.Section;
import crema.settings.Setting;
import crema.settings.Settings;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;

/**
 * The settings of a run with their final values, from whatever they come: a config file that starts the same run
 * again. Paths in it are absolute. Where the run writes and how it is watched is not in it, and neither is what has no
 * value.
 */
final class ResolvedConfig {
  private static final DumpSettings FORMAT = DumpSettings.builder()
      .setDefaultFlowStyle(FlowStyle.BLOCK).setWidth(Integer.MAX_VALUE).setUseUnicodeEncoding(true).build();

  private ResolvedConfig() {}

  /** The settings of a run, as YAML. */
  static String of(Settings settings) {
    return of(settings, values(settings));
  }

  /** The settings that somebody gave, as YAML: the others are still open. */
  static String ofGiven(Settings settings) {
    Map<String, Object> values = values(settings);
    settings.rows().stream().filter(row -> !settings.isGiven(row)).forEach(row -> values.remove(row.name()));
    return of(settings, values);
  }

  private static String of(Settings settings, Map<String, Object> values) {
    var sections = new LinkedHashMap<Section, Map<String, Object>>();
    for (Setting<?> row : settings.rows()) {
      Object value = values.get(row.name());
      if (value != null && row.hasMembers() && value instanceof List<?> texts) {
        value = Member.byName(texts.stream().map(String::valueOf).toList());
      }
      if (value != null) {
        sections.computeIfAbsent(row.section(), _ -> new LinkedHashMap<>()).put(row.name(), value);
      }
    }
    var yaml = new StringBuilder();
    sections.forEach((section, rows) -> yaml.append("# ").append(section.title()).append('\n')
        .append(new Dump(FORMAT).dumpToString(rows)).append('\n'));
    return yaml.toString();
  }

  /** The values of the settings that a run keeps, by name, with absolute paths; without lists that are empty. */
  static Map<String, Object> values(Settings settings) {
    Map<String, Object> values = settings.plain();
    values.values().removeIf(value -> value instanceof List<?> items && items.isEmpty());
    settings.rows().stream().filter(Setting::isPath)
        .forEach(row -> values.computeIfPresent(row.name(), (_, value) -> value instanceof List<?> paths
            ? paths.stream().map(path -> row.withPath(path.toString(), ResolvedConfig::absolute)).toList()
            : absolute(value.toString())));
    return values;
  }

  private static String absolute(String text) {
    return text.equals(DataSettings.PRODUCT_TITLES) ? text : Path.of(text).toAbsolutePath().normalize().toString();
  }
}
