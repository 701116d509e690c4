package crema.cli;

import crema.classify.ModelFamily;
import crema.family.stack.AutoFamily;
import crema.settings.Section;
import crema.settings.Setting;
import crema.settings.Settings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The help of {@code crema train}: of a model family the basic settings and the names of the others, or the settings of
 * all families.
 *
 * @param command the command
 * @param families all families that can be trained
 */
record TrainHelp(CommandSpec command, List<ModelFamily> families) {
  static final String CONFIG = "YAML files with settings as keys; later files override, flags all";
  static final String RESUME = "Continue the run in the output directory with its settings";
  static final String ALL = "all";

  private static final List<String> EXAMPLES = List.of(
      "  crema train --train offers.csv.gz --text title --label category --output models/offers",
      "  crema train --train offers.csv.gz --text title --label category --time-budget 1h --output models/offers",
      "  crema train --train train.tsv --validation valid.tsv --text name,description --label lvl1 \\",
      "      --output models/gpc --epochs 10 --learning-rate 5e-4 --schedule cosine --warmup 200",
      "  crema train --train offers.csv --text title --label category --group cluster_id --output models/offers",
      "  crema train --model encoder --train docs.jsonl --text title,body --label topics --target multi \\",
      "      --loss distribution-balanced --output models/topics",
      "  crema train --train offers.csv --text title --label lvl1,lvl2,lvl3 --target taxonomy --output models/tree",
      "  crema train --model fasttext --train offers.csv --text title --label category --output models/fast",
      "  crema train --model linear --train offers.csv --text title --label category --output models/baseline",
      "  crema train --config offers.yaml --seed 2 --output models/offers",
      "  crema train --resume --output models/offers");

  /**
   * The text.
   *
   * @param family the family that is helped with
   * @param which {@link #ALL}, or anything else for the family alone
   */
  String render(ModelFamily family, String which) {
    boolean isAll = which.equals(ALL);
    var text =
        new StringBuilder("Usage: crema train --train FILES --text COLUMNS --label COLUMN --output DIR [SETTINGS]\n")
            .append(summary(family, isAll)).append(".\n");
    var sections = new LinkedHashMap<Section, List<Setting<?>>>();
    List<Setting<?>> rows = new ArrayList<>(CommandSettings.SECTION.rows());
    (isAll ? families : List.of(family)).forEach(each -> rows.addAll(each.settings().rows()));
    rows.stream().distinct().forEach(row -> sections.computeIfAbsent(row.section(), _ -> new ArrayList<>()).add(row));
    var others = new ArrayList<String>();
    sections.forEach((section, all) -> {
      List<Setting<?>> explained = all.stream().filter(row -> isAll || row.isBasic()).toList();
      all.stream().filter(row -> !explained.contains(row)).map(Setting::flag).forEach(others::add);
      if (!explained.isEmpty()) {
        text.append(isAll ? "\n" : "").append(section.title()).append(":\n");
        text.append(table(section, explained, isAll ? families : List.of(family), isAll));
      }
    });
    if (isAll) {
      text.append("\nExamples:\n").append(String.join("\n", EXAMPLES)).append('\n');
    } else {
      text.append("Further settings, explained by --help=all:\n").append(wrapped(others));
    }
    return text
        .append("Ctrl-C saves a checkpoint; --resume continues it to the same bits as if nothing had happened.\n")
        .toString();
  }

  /** What is trained, with the names of the families. */
  private String summary(ModelFamily family, boolean isAll) {
    String others = families.stream().map(ModelFamily::key).filter(key -> isAll || !key.equals(family.key()))
        .collect(Collectors.joining(", "));
    if (isAll) {
      return "Trains a classifier of the family that --model names; there are " + others;
    }
    return family.key().equals(AutoFamily.KEY)
        ? "Trains models of several families, compares them, and joins those that are best together, unless\n"
            + "--model names one family (" + others + "), or a setting belongs to one alone. Of one\n"
            + "family: crema train --model NAME --help"
        : "Trains a classifier of the family " + family.key() + "; the others are " + others;
  }

  private String table(Section section, List<Setting<?>> rows, List<ModelFamily> of, boolean isAll) {
    var options = new ArrayList<OptionSpec>();
    if (section == CommandSettings.SECTION) {
      options.add(command.findOption("--help"));
      options.add(command.findOption("--config"));
      options.add(command.findOption("--resume"));
    }
    rows.forEach(row -> options.add(SettingOptions.option(row,
        row.help() + (isAll && !row.details().isEmpty() ? ": " + row.details() : "") + defaults(row, of))));
    Help help = command.commandLine().getHelp();
    Help.Layout layout = help.createDefaultLayout();
    layout.addOptions(options, help.createDefaultParamLabelRenderer());
    return layout.toString();
  }

  /** What a setting is by default: where families differ, for each. */
  private static String defaults(Setting<?> row, List<ModelFamily> of) {
    var families = new LinkedHashMap<String, List<String>>();
    for (ModelFamily family : of) {
      if (family.settings().has(row)) {
        families.computeIfAbsent(family.settings().shownDefault(row), _ -> new ArrayList<>()).add(family.key());
      }
    }
    if (families.isEmpty()) {
      families.put(Settings.of(row.section()).shownDefault(row), List.of());
    }
    String text = families.size() == 1
        ? families.keySet().iterator().next()
        : families.entrySet().stream().map(entry -> String.join(", ", entry.getValue()) + ": " + entry.getKey())
            .collect(Collectors.joining("; "));
    return text.isEmpty() ? "" : " (default: " + text + ")";
  }

  private String wrapped(List<String> words) {
    var text = new StringBuilder();
    int width = command.usageMessage().width();
    int column = width;
    for (String word : words) {
      if (column + 1 + word.length() >= width) {
        text.append(text.isEmpty() ? "  " : "\n  ");
        column = 2;
      } else {
        text.append(' ');
        column++;
      }
      text.append(word);
      column += word.length();
    }
    return text.append('\n').toString();
  }
}
