package crema.run;

import crema.data.DataException;
import crema.settings.NamedFile;
import crema.settings.Section;
import crema.settings.Setting;
import crema.settings.Settings;
import crema.task.LabelSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Which rows, how their texts are read, and how they are split.
 *
 * @param settings with those of the sections {@link #SECTION}, {@link LabelSettings} and {@link Languages}
 */
public record DataSettings(Settings settings) {
  /** The name under which the rows that come with Crema can be given in place of a file. */
  public static final String PRODUCT_TITLES = "builtin:product-titles";

  /** Which rows, and how they are split. */
  public static final Section SECTION = Section.of("Data");

  public static final Setting<String> FOLDER = SECTION.optionalFile("data").label("DIR").unrecorded()
      .shownDefault("the current folder; of a config's files, the config's")
      .help("Where relative data files are");
  public static final Setting<List<String>> TRAIN = SECTION.files("train").in(FOLDER).basic()
      .help("Files with training rows");
  public static final Setting<List<String>> VALIDATION = SECTION.files("validation").in(FOLDER).basic()
      .shownDefault("split off").help("Files with validation rows");
  public static final Setting<List<String>> TEST = SECTION.namedFiles("test").in(FOLDER).basic()
      .shownDefault("split off").details("FILE; or NAME=FILE for a report of its own in tests/NAME")
      .help("Files with test rows");
  public static final Setting<List<String>> TEXT = SECTION.texts("text").label("COLUMN").basic()
      .details("NAME, NAME:WEIGHT to count more, or NAME:WEIGHT:PREFIX to keep its words apart from other columns'")
      .help("Text columns, joined in this order");
  public static final Setting<Boolean> LOWERCASE = SECTION.flag("lowercase").basic().help("Ignore case");
  public static final Setting<String> GROUP = SECTION.optionalText("group").label("COLUMN").basic()
      .help("A column whose equal values stay in one split");
  public static final Setting<Double> VALIDATION_FRACTION = SECTION.number("validation-fraction", 0.1)
      .atLeast(0).atMost(0.9).help("How much to split off for validation");
  public static final Setting<Double> TEST_FRACTION = SECTION.number("test-fraction", 0.1)
      .atLeast(0).atMost(0.9).help("How much to split off for the test");
  public static final Setting<Boolean> NO_STRATIFY = SECTION.flag("no-stratify")
      .shownDefault("keep their proportions").help("Split without regard to labels");
  public static final Setting<Boolean> STRICT = SECTION.flag("strict")
      .shownDefault("report and skip it").help("Stop at a malformed row");

  static {
    // Where there are tasks, each has its own.
    SECTION.rule(settings -> settings.get(TRAIN).isEmpty() && !TaskSettings.hasTasks(settings)
        ? "give the training data: --train FILE" : null, TRAIN);
    SECTION.rule(settings -> (settings.get(TEXT).isEmpty() || settings.get(LabelSettings.LABEL).isEmpty())
        && !TaskSettings.hasTasks(settings)
            ? "say which columns hold texts and labels: --text COLUMN --label COLUMN" : null,
        TEXT, LabelSettings.LABEL);
    SECTION.rule(settings -> settings.get(VALIDATION_FRACTION) + settings.get(TEST_FRACTION) >= 1
        ? "validation-fraction (" + settings.get(VALIDATION_FRACTION) + ") and test-fraction ("
            + settings.get(TEST_FRACTION) + ") leave nothing to train on"
        : null, VALIDATION_FRACTION, TEST_FRACTION);
  }

  /** Files with training rows. */
  public List<String> train() {
    return settings.get(TRAIN);
  }

  /** Files with validation rows; empty to split some off. */
  public List<String> validation() {
    return settings.get(VALIDATION);
  }

  /** Files with test rows: those without a name if there are any, else all. Empty to split some off. */
  public List<String> test() {
    List<NamedFile> all = settings.get(TEST).stream().map(NamedFile::of).toList();
    List<NamedFile> unnamed = all.stream().filter(file -> file.name().isEmpty()).toList();
    return (unnamed.isEmpty() ? all : unnamed).stream().map(NamedFile::file).toList();
  }

  /** The files of each test set that has a name and so a report of its own, in the order in which they were given. */
  public Map<String, List<String>> namedTests() {
    var sets = new LinkedHashMap<String, List<String>>();
    settings.get(TEST).stream().map(NamedFile::of).filter(file -> !file.name().isEmpty())
        .forEach(file -> sets.computeIfAbsent(file.name(), _ -> new ArrayList<>()).add(file.file()));
    return sets;
  }

  /** All files with rows. */
  public List<String> files() {
    return Stream.of(train(), validation(), test()).flatMap(List::stream).toList();
  }

  /**
   * Checks that files are there, for a run that has something long to do before it reads them, such as to fetch an
   * encoder.
   *
   * @throws DataException with the first that is not
   */
  public static void requireFiles(List<String> files) {
    files.stream().filter(file -> !file.equals(PRODUCT_TITLES) && Files.notExists(Path.of(file))).findFirst()
        .ifPresent(file -> {
          throw new DataException(file + " does not exist");
        });
  }

  /** The same with other test files. */
  public DataSettings withTest(List<String> files) {
    return new DataSettings(settings.with(TEST, files));
  }

  /** The text columns, joined in this order, as {@link crema.data.TextColumn#parse} reads them. */
  public List<String> text() {
    return settings.get(TEXT);
  }

  /** Where the labels are, and how they are read. */
  public LabelSettings labels() {
    return new LabelSettings(settings);
  }

  /** The column whose equal values stay in one split, if there is one. */
  public Optional<String> group() {
    return settings.find(GROUP);
  }

  /** How much of the training rows to split off where no validation file is given. */
  public double validationFraction() {
    return settings.get(VALIDATION_FRACTION);
  }

  /** How much of the training rows to split off where no test file is given. */
  public double testFraction() {
    return settings.get(TEST_FRACTION);
  }

  /** Whether splits keep the proportions of the labels. */
  public boolean isStratified() {
    return !settings.get(NO_STRATIFY);
  }

  /** Whether a malformed row stops the run. */
  public boolean isStrict() {
    return settings.get(STRICT);
  }

  /** Whether the test reports metrics by language. */
  public Languages languages() {
    return new Languages(settings);
  }
}
