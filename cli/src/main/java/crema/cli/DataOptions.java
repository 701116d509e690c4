package crema.cli;

import crema.base.UserError;
import crema.metrics.FrequencyBands;
import crema.run.DataSettings;
import crema.task.LabelConfig;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which rows a model is trained on, and what their columns hold. */
final class DataOptions {
  @Option(names = "--data", paramLabel = "DIR",
      description = "Where relative data files are (default: the current folder; of a config's files, the config's folder).")
  private Path folder = Path.of("");

  @Option(names = "--train", split = ",", paramLabel = "FILE", description = "Files with training rows.")
  private List<String> train = List.of();

  @Option(names = "--validation", split = ",", paramLabel = "FILE",
      description = "Files with validation rows (default: split off).")
  private List<String> validation = List.of();

  @Option(names = "--test", split = ",", paramLabel = "FILE",
      description = "Files with test rows (default: split off).")
  private List<String> test = List.of();

  @Option(names = "--text", split = ",", paramLabel = "COLUMN",
      description = "The text columns, joined in this order: NAME, NAME:WEIGHT to count more, or NAME:WEIGHT:PREFIX to "
          + "keep its words apart from other columns'.")
  private List<String> text = List.of();

  @Option(names = "--label", split = ",", paramLabel = "COLUMN",
      description = "The label column; several make up a path, or each add labels.")
  private List<String> label = List.of();

  @Option(names = "--target", paramLabel = "KIND", defaultValue = "single",
      description = "What a text has: single, one label; multi, any number; taxonomy, a path (default: ${DEFAULT-VALUE}).")
  private String target = "single";

  @Option(names = "--label-separator", paramLabel = "TEXT", defaultValue = LabelConfig.SEPARATOR,
      description = "Separates several labels; a cell that begins with [ is a JSON array (default: ${DEFAULT-VALUE}).")
  private String labelSeparator = LabelConfig.SEPARATOR;

  @Option(names = "--path-separator", paramLabel = "TEXT", defaultValue = LabelConfig.PATH_SEPARATOR,
      description = "Separates the segments of a path (default: '${DEFAULT-VALUE}').")
  private String pathSeparator = LabelConfig.PATH_SEPARATOR;

  @Option(names = "--group", paramLabel = "COLUMN",
      description = "A column whose equal values stay in one split, for instance the product of several offers.")
  private @Nullable String group;

  @Mixin
  private LanguageOptions languages = new LanguageOptions();

  @Mixin
  private BandOptions bands = new BandOptions();

  @Option(names = "--validation-fraction", paramLabel = "F", defaultValue = "0.1",
      description = "How much to split off for validation (default: ${DEFAULT-VALUE}).")
  private double validationFraction;

  @Option(names = "--test-fraction", paramLabel = "F", defaultValue = "0.1",
      description = "How much to split off for the test (default: ${DEFAULT-VALUE}).")
  private double testFraction;

  @Option(names = "--no-stratify", description = "Split without regard to labels (default: keep their proportions).")
  private boolean noStratify;

  @Option(names = "--strict", description = "Stop at a malformed row (default: count it, show it, skip it).")
  private boolean strict;

  /** Finds the files in the folder that was given. */
  void settle() {
    train = files(train);
    validation = files(validation);
    test = files(test);
  }

  private List<String> files(List<String> names) {
    return names.stream()
        .map(name -> name.equals(DataSettings.PRODUCT_TITLES) ? name : folder.resolve(name).toString()).toList();
  }

  /**
   * The settings.
   *
   * @throws UserError if files or columns are missing
   */
  DataSettings config() {
    if (train.isEmpty()) {
      throw new UserError("give the training data: --train FILE");
    }
    if (text.isEmpty() || label.isEmpty()) {
      throw new UserError("say which columns hold texts and labels: --text COLUMN --label COLUMN");
    }
    return new DataSettings(train, validation, test, text,
        new LabelConfig(label, target, labelSeparator, pathSeparator, bands.orAsIn(FrequencyBands.DEFAULT)), group,
        validationFraction, testFraction, !noStratify, strict, languages.languages());
  }
}
