package crema.defaults;

import crema.classify.ModelFamily;
import java.util.List;

/** The reference page of the rules by which settings are chosen for the training rows. */
final class DefaultsPage {
  private static final String HEAD = """
      # Defaults that look at the data

      `crema train` scans the training rows before it begins: how many there are, how their labels are spread, how long
      the texts are and what they are made of. A setting that nobody gives is chosen by the rules below, the first case
      that holds; the run prints each choice with its reason, and writes it into `train.yaml`, from which the same model
      can be trained again, whatever the rules of a later version. What a flag or a config file says always wins.

      In Java, `ChosenRun.of(family, settings, context).run()` does the same; `family.newRun(settings, context)` trains
      with the settings as they are. `DataProfile.of(rows)` is the scan.

      Words are what stands between spaces. A word is new if no text before has had it; how many words of a further text
      are new is estimated by how many there are but once. Letters are unspaced if their script puts no spaces between
      words, such as Han and Thai. The rules were chosen on the data sets of
      [results](../results/README.md) and on texts made from them, split from the training rows.

      This page is written by a test; do not edit it.
      """;

  private DefaultsPage() {}

  static String markdown(List<ModelFamily> families) {
    var page = new StringBuilder(HEAD);
    for (ModelFamily family : families) {
      if (family.defaultRules().isEmpty()) {
        continue;
      }
      page.append("\n## ").append(family.name()).append("\n\n| setting | where there are | value |\n|---|---|---|\n");
      for (DefaultRule<?> rule : family.defaultRules()) {
        rule.lines().forEach(line -> page.append("| `").append(line.setting()).append("` | ")
            .append(rule.lines().size() == 1 && line.when().equals("otherwise") ? "any rows" : line.when())
            .append(" | `").append(line.value()).append("` |\n"));
      }
    }
    return page.toString();
  }
}
