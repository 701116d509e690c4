package crema.run;

import crema.base.UserError;
import crema.data.Csv;
import crema.data.DataException;
import crema.data.DataFile;
import crema.data.FieldPath;
import crema.data.FileOptions;
import crema.data.Recipe;
import crema.data.RowSource;
import crema.data.TextColumn;
import crema.data.TextJoiner;
import crema.settings.Member;
import crema.hub.HubListener;
import crema.hub.HubOptions;
import crema.hub.RemoteFiles;
import crema.settings.NamedFile;
import crema.settings.Section;
import crema.settings.Setting;
import crema.settings.Settings;
import crema.task.LabelSettings;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.UnsupportedCharsetException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which rows, how their texts are read, and how they are split.
 *
 * @param settings with those of the sections {@link #SECTION}, {@link LabelSettings} and {@link Languages}
 */
public record DataSettings(Settings settings) {
  /** The name under which the rows that come with Crema can be given in place of a file. */
  public static final String PRODUCT_TITLES = "builtin:product-titles";

  private static final Map<String, String> SEPARATORS =
      Map.of("tab", "\t", "\\t", "\t", "comma", ",", "semicolon", ";", "pipe", "|");
  private static final Map<String, Character> QUOTES =
      Map.of("none", Csv.UNQUOTED, "single", '\'', "double", '"');

  /** The words by which pandas, NumPy and databases write that there is no value. */
  private static final Set<String> NO_VALUE = Set.of("#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan",
      "1.#IND", "1.#QNAN", "<NA>", "N/A", "NA", "\\N", "NULL", "NaN", "None", "n/a", "nan", "null");

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
  public static final Setting<List<String>> CORRECTIONS = SECTION.files("corrections").in(FOLDER)
      .details("rows of the training and validation files whose text is equal get the label; an empty one drops them; "
          + "other texts are training rows")
      .help("Files with the columns text and label, which put rows right");
  public static final Setting<List<String>> TEXT = SECTION.texts("text").label("COLUMN").basic()
      .details("NAME, NAME:WEIGHT to count more, or NAME:WEIGHT:PREFIX to keep its words apart from other columns'")
      .help("Text columns, joined in this order");
  public static final Setting<String> JOINER = SECTION.text("joiner", " ").shownDefault("a space")
      .details("one that begins with a full stop ends the text too, and is not repeated behind one")
      .help("What stands between text columns");
  public static final Setting<List<String>> RECIPE = SECTION.members("recipe", List::of)
      .shownDefault("text columns are those of the files").check(fields -> Recipe.of(Member.byName(fields), List.of()))
      .details("in a config file a mapping from each text column to how it is made: from, a path or several; between, "
          + "join, entries, prefix, word")
      .help("Text columns that are made of columns, or of JSON in them");
  public static final Setting<List<String>> DROP = SECTION.texts("drop").label("PATH").shownDefault("none")
      .check(paths -> Recipe.of(Map.of(), paths))
      .help("Columns and keys in them that no text may have, since they give labels away");
  public static final Setting<String> INPUT_FORMAT = SECTION.optionalText("input-format").label("NAME")
      .shownDefault("as the name or the first bytes of a file say").details("jsonl, csv, tsv, fasttext, parquet, excel")
      .help("How data files are written");
  public static final Setting<String> SEPARATOR = SECTION.optionalText("separator").label("TEXT")
      .shownDefault("the one by which the header has the columns").details("one character or several, or tab")
      .help("What stands between the fields of a row");
  public static final Setting<String> QUOTE = SECTION.optionalText("quote").label("CHARACTER")
      .shownDefault("as the extension and the rows say: \" in CSV, none in TSV").details("a character, or none")
      .help("What stands around fields that hold separators or line breaks");
  public static final Setting<Boolean> NO_HEADER = SECTION.flag("no-header").shownDefault("the first row names columns")
      .help("Tables have no header; columns are called by their numbers, from 1");
  public static final Setting<String> ENCODING = SECTION.optionalText("encoding").label("NAME")
      .shownDefault("UTF-8, or UTF-16 with its mark").help("The encoding of data files, such as ISO-8859-1");
  public static final Setting<List<String>> MISSING = SECTION.texts("missing").label("WORD")
      .shownDefault("NaN, null, None, N/A and others that pandas writes")
      .help("Cells that are one of these words are empty");
  public static final Setting<Boolean> LOWERCASE = SECTION.flag("lowercase").basic().help("Ignore case");
  public static final Setting<String> GROUP = SECTION.optionalText("group").label("COLUMN").basic()
      .help("A column whose equal values stay in one split");
  public static final Setting<String> ROW_WEIGHT = SECTION.optionalText("row-weight").label("COLUMN")
      .shownDefault("rows count once").details("numbers from 0; a row of weight 0 is left out")
      .help("A column that says as how many rows a row counts, in losses and metrics");
  public static final Setting<Double> VALIDATION_FRACTION = SECTION.number("validation-fraction", 0.1)
      .atLeast(0).atMost(0.9).help("How much to split off for validation");
  public static final Setting<Double> TEST_FRACTION = SECTION.number("test-fraction", 0.1)
      .atLeast(0).atMost(0.9).help("How much to split off for the test");
  public static final Setting<Boolean> NO_TEST = SECTION.flag("no-test")
      .shownDefault("test on a file, or on rows that are split off")
      .help("Train on all rows: split none off for a test");
  public static final Setting<Boolean> NO_STRATIFY = SECTION.flag("no-stratify")
      .shownDefault("keep their proportions").help("Split without regard to labels");
  public static final Setting<Boolean> STRICT = SECTION.flag("strict")
      .shownDefault("report and skip it").help("Stop at a malformed row");

  static {
    // Where there are tasks, each has its own.
    SECTION.rule(settings -> settings.get(TRAIN).isEmpty() && !TaskSettings.hasTasks(settings)
        ? "give the training data: --train FILE" : null, TRAIN);
    SECTION.rule(settings -> (settings.get(TEXT).isEmpty() && !PictureSettings.areGiven(settings)
        || settings.get(LabelSettings.LABEL).isEmpty()) && !TaskSettings.hasTasks(settings)
            ? "say which columns hold " + (settings.has(PictureSettings.IMAGE) ? "texts or pictures" : "texts")
                + " and labels: " + (settings.has(PictureSettings.IMAGE) ? "--text COLUMN or --image COLUMN, and "
                    : "--text COLUMN ")
                + "--label COLUMN"
            : null,
        TEXT, LabelSettings.LABEL);
    SECTION.rule(settings -> settings.get(NO_TEST) && (!settings.get(TEST).isEmpty()
        || settings.isGiven(TEST_FRACTION) && settings.get(TEST_FRACTION) > 0)
            ? "--no-test leaves out the test: leave out --test and --test-fraction" : null,
        NO_TEST, TEST, TEST_FRACTION);
    SECTION.rule(settings -> TextColumn.names(TextColumn.parseAll(settings.get(TEXT))).stream()
        .filter(settings.get(LabelSettings.LABEL)::contains).findFirst()
        .map(column -> "text and label name the same column '"
            + column + "': a model would read its answers")
        .orElse(null), TEXT, LabelSettings.LABEL);
    SECTION.rule(settings -> TextColumn.names(TextColumn.parseAll(settings.get(TEXT))).stream()
        .filter(settings.get(DROP)::contains).findFirst()
        .map(name -> "--text names '" + name + "', which --drop leaves out").orElse(null), TEXT, DROP);
    SECTION.rule(settings -> {
      new DataSettings(settings).recipe();
      return null;
    }, RECIPE, DROP);
    SECTION.rule(settings -> {
      List<String> labels = settings.get(LabelSettings.LABEL);
      return new DataSettings(settings).recipe().fields().values().stream().flatMap(field -> field.from().stream())
          .map(FieldPath::text).filter(labels::contains).findFirst()
          .map(path -> "--recipe makes text of the label '" + path + "': a model would read its answers").orElse(null);
    }, RECIPE, LabelSettings.LABEL);
    SECTION.rule(settings -> settings.find(ROW_WEIGHT).filter(column -> TextColumn.names(
        TextColumn.parseAll(settings.get(TEXT))).contains(column)).map(column -> "--row-weight '" + column
            + "' is a text column too: name the column of the weights")
        .orElse(null), ROW_WEIGHT, TEXT);
    SECTION.rule(settings -> settings.get(VALIDATION_FRACTION) + settings.get(TEST_FRACTION) >= 1
        ? "--validation-fraction (" + settings.get(VALIDATION_FRACTION) + ") and --test-fraction ("
            + settings.get(TEST_FRACTION) + ") leave nothing to train on"
        : null, VALIDATION_FRACTION, TEST_FRACTION);
  }

  /** Files with training rows. */
  public List<String> train() {
    return matching(settings.get(TRAIN));
  }

  /** Files with validation rows; empty to split some off. */
  public List<String> validation() {
    return matching(settings.get(VALIDATION));
  }

  /** Files with test rows: those without a name if there are any, else all. Empty to split some off. */
  public List<String> test() {
    List<NamedFile> all = settings.get(TEST).stream().map(NamedFile::of).toList();
    List<NamedFile> unnamed = all.stream().filter(file -> file.name().isEmpty()).toList();
    return matching((unnamed.isEmpty() ? all : unnamed).stream().map(NamedFile::file).toList());
  }

  /** The files of each test set that has a name and so a report of its own, in the order in which they were given. */
  public Map<String, List<String>> namedTests() {
    var sets = new LinkedHashMap<String, List<String>>();
    settings.get(TEST).stream().map(NamedFile::of).filter(file -> !file.name().isEmpty())
        .forEach(file -> sets.computeIfAbsent(file.name(), _ -> new ArrayList<>())
            .addAll(matching(List.of(file.file()))));
    return sets;
  }

  /** All the files that names mean, of which some may be patterns within archives, and some at addresses. */
  private static List<String> matching(List<String> names) {
    return names.stream().flatMap(name -> DataFile.matching(local(name)).stream()).toList();
  }

  private static String local(String name) {
    try {
      return RemoteFiles.isAddress(name)
          ? new RemoteFiles(HubOptions.ofEnvironment(), HubListener.SILENT).local(name) : name;
    } catch (IOException e) {
      throw new DataException(name + " cannot be fetched: " + e.getMessage(), e);
    }
  }

  /**
   * Fetches those of the files that are at addresses into the cache, unless they are there.
   *
   * @throws UserError when one cannot be fetched
   */
  public void fetch(RemoteFiles source) throws IOException {
    for (Setting<List<String>> files : List.of(TRAIN, VALIDATION, TEST, CORRECTIONS)) {
      for (String name : settings.has(files) ? settings.get(files) : List.<String>of()) {
        source.local(NamedFile.of(name).file());
      }
    }
  }

  /** All files with rows. */
  public List<String> files() {
    return Stream.of(train(), validation(), test(), corrections()).flatMap(List::stream).toList();
  }

  /** Files with the right labels of texts. */
  public List<String> corrections() {
    return matching(settings.get(CORRECTIONS));
  }

  /**
   * Checks that files are there and can be read more than once, before a run reads them, or does something long before it
   * does.
   *
   * @throws DataException with the first that is not
   */
  public static void requireFiles(List<String> files) {
    for (String name : files) {
      if (!name.equals(PRODUCT_TITLES)) {
        Path file = Path.of(name);
        DataFile.requireFile(file);
        if (!DataFile.of(file).isRepeatable()) {
          throw new DataException(
              name + " is a pipe or a device, which can be read only once, and rows are read several "
                  + "times: write them to a file, for instance with: cat " + name + " > rows.csv");
        }
      }
    }
  }

  /** The same with other test files. */
  public DataSettings withTest(List<String> files) {
    return new DataSettings(settings.with(TEST, files));
  }

  /** The text columns, joined in this order, as {@link crema.data.TextColumn#parse} reads them. */
  public List<String> text() {
    return settings.get(TEXT);
  }

  /** What stands between text columns. */
  public TextJoiner joiner() {
    return new TextJoiner(settings.get(JOINER));
  }

  /** How text columns are made that files do not have. */
  public Recipe recipe() {
    return Recipe.of(Member.byName(settings.get(RECIPE)), settings.get(DROP));
  }

  /** Rows whose text columns were read as these settings say, their texts written as the columns say. */
  public RowSource composed(RowSource rows) {
    return TextColumn.compose(rows, TextColumn.parseAll(text()), joiner());
  }

  /** Where the labels are, and how they are read. */
  public LabelSettings labels() {
    return new LabelSettings(settings);
  }

  /**
   * What is known of how the files are written.
   *
   * @throws UserError if there is no such format, separator, quote or encoding
   */
  public FileOptions fileOptions() {
    return fileOptions(settings.find(INPUT_FORMAT).orElse(null), settings.find(SEPARATOR).orElse(null),
        settings.find(QUOTE).orElse(null), !settings.get(NO_HEADER), settings.find(ENCODING).orElse(null));
  }

  /**
   * What is known of how files are written, in words.
   *
   * @param separator one character or several, or {@code tab}
   * @param quote a character, or {@code none}
   * @throws UserError if there is no such format, separator, quote or encoding
   */
  public static FileOptions fileOptions(@Nullable String format, @Nullable String separator, @Nullable String quote,
      boolean hasHeader, @Nullable String encoding) {
    String between = separator == null ? null : SEPARATORS.getOrDefault(separator.toLowerCase(Locale.ROOT), separator);
    if (between != null && between.length() > 1 && between.codePoints().anyMatch(Character::isLetterOrDigit)) {
      throw new UserError("--separator must be one character, several that are no letters or digits, or tab, not '"
          + separator + "'");
    }
    Character around = quote(quote);
    try {
      return new FileOptions(format, between, around, hasHeader,
          encoding == null ? null : Charset.forName(encoding));
    } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
      throw new UserError(
          "--encoding: there is no encoding '" + encoding + "'; there are, for instance, UTF-8, UTF-16, "
              + "ISO-8859-1 and windows-1252",
          e);
    }
  }

  private static @Nullable Character quote(@Nullable String value) {
    if (value == null || value.length() == 1) {
      return value == null ? null : value.charAt(0);
    }
    Character named = QUOTES.get(value.toLowerCase(Locale.ROOT));
    if (named == null) {
      throw new UserError("--quote must be one character, or none, not '" + value + "'");
    }
    return named;
  }

  /** The words that mean no value where a cell of a table holds nothing else. */
  public Set<String> missing() {
    return missing(settings.get(MISSING));
  }

  /** The words that mean no value: those that are given, and if there are none, the usual ones. */
  public static Set<String> missing(List<String> words) {
    return words.isEmpty() ? NO_VALUE : Set.copyOf(words);
  }

  /** The column whose equal values stay in one split, if there is one. */
  public Optional<String> group() {
    return settings.find(GROUP);
  }

  /** The column that says as how many rows a row counts, if there is one. */
  public Optional<String> rowWeight() {
    return settings.find(ROW_WEIGHT);
  }

  /** How much of the training rows to split off where no validation file is given; 0 for no validation. */
  public double validationFraction() {
    return settings.get(VALIDATION_FRACTION);
  }

  /** How much of the training rows to split off where no test file is given; 0 for no test. */
  public double testFraction() {
    return settings.get(NO_TEST) ? 0 : settings.get(TEST_FRACTION);
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
