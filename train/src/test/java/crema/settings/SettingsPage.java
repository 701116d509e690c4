package crema.settings;

import crema.classify.ModelFamily;
import crema.classify.RunKind;
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
          most used settings of a family, `--help=all` these and the flags that say where a run writes and how it is watched. Those
          of `masked-lm` are of `crema pretrain`, which has those of an encoder too; its `--help` says which, with its defaults.

          A list is written with commas on the command line, with double quotes around an item that has one, and as a list in YAML.
          Relative files in a config file are relative to that file.

          This page is written by a test; do not edit it.
          """;

  private SettingsPage() {}

  /**
   * The page.
   *
   * @param others what has settings that no family has
   */
  static String markdown(List<ModelFamily> families, List<? extends RunKind> others) {
    var sections = new LinkedHashMap<Section, List<Setting<?>>>();
    List<RunKind> kinds = new ArrayList<>(families);
    kinds.addAll(others);
    for (RunKind kind : kinds) {
      for (Setting<?> row : kind.settings().rows()) {
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
      rows.forEach(row -> page.append(line(row, families, others)));
    });
    return page.toString();
  }

  private static String line(Setting<?> row, List<ModelFamily> families, List<? extends RunKind> others) {
    List<? extends RunKind> of = owners(row, families);
    if (of.isEmpty()) {
      of = owners(row, others);
    }
    String help = row.help() + (row.details().isEmpty() ? "" : ": " + row.details());
    return "| `%s` | %s | %s | %s | %s |%n".formatted(row.name(), escaped(row.values()), escaped(defaults(row, of)),
        of.size() == families.size() ? "all" : String.join(", ", of.stream().map(RunKind::key).toList()),
        escaped(help));
  }

  private static List<? extends RunKind> owners(Setting<?> row, List<? extends RunKind> kinds) {
    return kinds.stream().filter(kind -> kind.settings().has(row)).toList();
  }

  /** The default, or those of the families where they differ. */
  private static String defaults(Setting<?> row, List<? extends RunKind> families) {
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
