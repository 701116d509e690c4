package crema.settings;

import crema.classify.ModelFamily;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Writes the reference page of all settings: a table a section, with what the families differ in. */
final class SettingsPage {
  private static final String HEAD =
      """
          # Settings

          Every setting is a flag of `crema train` (`--hidden-size 128`), a key in its config files (`hidden-size: 128`) and a row
          in the API (`settings.with(EncoderSettings.HIDDEN_SIZE, 128)`). `model` chooses the family; `crema train --help` shows the
          most used settings of a family, `--help=all` these and the flags that say where a run writes and how it is watched.

          A list is written with commas on the command line, with double quotes around an item that has one, and as a list in YAML.
          Relative files in a config file are relative to that file.

          This page is written by a test; do not edit it.
          """;

  private SettingsPage() {}

  static String markdown(List<ModelFamily> families) {
    var sections = new LinkedHashMap<Section, List<Setting<?>>>();
    for (ModelFamily family : families) {
      for (Setting<?> row : family.settings().rows()) {
        List<Setting<?>> rows = sections.computeIfAbsent(row.section(), _ -> new ArrayList<>());
        if (!rows.contains(row)) {
          rows.add(row);
        }
      }
    }
    var page = new StringBuilder(HEAD);
    sections.forEach((section, rows) -> {
      page.append("\n## ").append(section.title())
          .append("\n\n| setting | values | default | families | |\n|---|---|---|---|---|\n");
      rows.forEach(row -> page.append(line(row, families)));
    });
    return page.toString();
  }

  private static String line(Setting<?> row, List<ModelFamily> families) {
    List<ModelFamily> of = families.stream().filter(family -> family.settings().has(row)).toList();
    String help = row.help() + (row.details().isEmpty() ? "" : ": " + row.details());
    return "| `%s` | %s | %s | %s | %s |%n".formatted(row.name(), escaped(row.values()), escaped(defaults(row, of)),
        of.size() == families.size() ? "all" : String.join(", ", of.stream().map(ModelFamily::key).toList()),
        escaped(help));
  }

  /** The default, or those of the families where they differ. */
  private static String defaults(Setting<?> row, List<ModelFamily> families) {
    Map<String, List<String>> byDefault = new TreeMap<>();
    families.forEach(family -> byDefault.computeIfAbsent(family.settings().shownDefault(row), _ -> new ArrayList<>())
        .add(family.key()));
    return byDefault.size() == 1
        ? byDefault.keySet().iterator().next()
        : byDefault.entrySet().stream().map(entry -> String.join(", ", entry.getValue()) + ": " + entry.getKey())
            .collect(Collectors.joining("; "));
  }

  private static String escaped(String text) {
    return text.strip().replace("|", "\\|").replace("<", "&lt;");
  }
}
