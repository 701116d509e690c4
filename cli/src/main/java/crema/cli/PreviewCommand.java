package crema.cli;

import crema.base.UserError;
import crema.base.json.Json;
import crema.base.json.JsonValues;
import crema.base.json.ObjectNode;
import crema.cli.console.Terminal;
import crema.data.Columns;
import crema.data.FileRows;
import crema.data.ProblemListener;
import crema.data.ProblemLog;
import crema.data.Row;
import crema.data.RowCursor;
import crema.data.TextColumn;
import crema.family.encoder.EncoderSettings;
import crema.run.DataSettings;
import crema.run.LeakCheck;
import crema.run.RunRows;
import crema.settings.Setting;
import crema.settings.Settings;
import crema.task.LabelSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows what becomes of raw rows. */
@Command(
    name = "preview",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    abbreviateSynopsis = true,
    description = {
        "Shows what becomes of raw rows: the cells as they are, the text columns that a recipe makes of them, and "
            + "the text.",
        "All rows are read: their lengths are summed up, and fields that give labels away are reported."
    },
    footer = {
        "",
        "Examples:",
        "  crema data preview --config products.yaml",
        "  crema data preview products.jsonl --config products.yaml --rows 20 --format jsonl",
        "  crema data preview offers.csv --text title,description --label category --max-length 64"
    })
final class PreviewCommand implements Callable<Integer> {
  private static final Pattern WORD = Pattern.compile("\\S+");
  private static final int SHOWN_CHARACTERS = 200;
  /** Longer texts are counted with these. */
  private static final int MOST_WORDS = 100_000;

  /** How rows are read. */
  private static final List<Setting<?>> ROWS = List.of(DataSettings.TEXT, DataSettings.JOINER, DataSettings.RECIPE,
      DataSettings.DROP, LabelSettings.LABEL, LabelSettings.TARGET, LabelSettings.LABEL_SEPARATOR,
      LabelSettings.PATH_SEPARATOR, LabelSettings.ONE_HOT, DataSettings.INPUT_FORMAT, DataSettings.SEPARATOR,
      DataSettings.QUOTE, DataSettings.NO_HEADER, DataSettings.ENCODING, DataSettings.MISSING, DataSettings.STRICT);

  private final Terminal terminal;

  @Spec
  private @Nullable CommandSpec spec;

  @Parameters(paramLabel = "FILE", arity = "0..*",
      description = "Files with raw rows (default: those that --config trains on).")
  private List<String> files = new ArrayList<>();

  @Mixin
  private ConfigFlag config = new ConfigFlag();

  @Option(names = "--rows", paramLabel = "N", defaultValue = "3",
      description = "How many rows to show (default: ${DEFAULT-VALUE}).")
  private int shown;

  @Option(names = "--max-length", paramLabel = "N",
      description = "Where texts are cut, in words (default: as in --config, or 256); a word has one token or more.")
  private @Nullable Integer maxLength;

  @Option(names = "--format", paramLabel = "NAME", defaultValue = "text",
      description = "text, or jsonl: a JSON object a row (default: ${DEFAULT-VALUE}).")
  private Format format = Format.TEXT;

  /** Where texts are cut, in words. */
  private int most = EncoderSettings.MAX_LENGTH.defaultValue().orElseThrow();

  private enum Format {
    TEXT,
    JSONL
  }

  private PreviewCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  /** The command. */
  static CommandLine line(Terminal terminal) {
    CommandSpec spec = CommandSpec.forAnnotatedObject(new PreviewCommand(terminal));
    Settings defaults = Settings.of(DataSettings.SECTION, LabelSettings.SECTION);
    ROWS.forEach(row -> spec
        .addOption(SettingOptions.option(row, SettingOptions.description(row, defaults.shownDefault(row)))));
    return new CommandLine(spec);
  }

  /**
   * What all rows have in common.
   *
   * @param words of their texts
   */
  private record Lengths(List<Integer> words) {
    String describe(int most) {
      int[] sorted = words.stream().mapToInt(Integer::intValue).sorted().toArray();
      long cut = Arrays.stream(sorted).filter(length -> length > most).count();
      long empty = Arrays.stream(sorted).filter(length -> length == 0).count();
      return sorted.length == 0 ? "no row can be read"
          : (empty == 0 ? "" : String.format(Locale.ROOT, "%,d rows without a text are left out in training; ", empty))
              + String.format(Locale.ROOT,
                  "%,d rows: %,d words in half of them, %,d in nine of ten, %,d at most; %,d %s cut "
                      + "behind %,d words",
                  sorted.length, sorted[(sorted.length - 1) / 2], sorted[(int) ((sorted.length - 1) * 0.9)],
                  sorted[sorted.length - 1], cut, cut == 1 ? "is" : "are", most);
    }
  }

  @Override
  public Integer call() throws IOException {
    Settings settings = settings();
    var data = new DataSettings(settings);
    if (shown < 0 || maxLength != null && maxLength < 1) {
      throw new UserError("--rows must be at least 0 and --max-length at least 1");
    }
    data.fetch(RowFiles.source(terminal));
    DataSettings.requireFiles(data.train());
    var check = new LeakCheck(data, LeakCheck.Fields.ALL);
    var lengths = new Lengths(new ArrayList<>());
    var problems = new ProblemLog();
    try {
      read(data, check, lengths, data.isStrict() ? problems.strict() : problems);
      problems.requireFields(Set.copyOf(data.train()).size());
    } finally {
      problems.report().forEach(line -> terminal.err().println("crema: " + line));
    }
    List<String> found = check.found(_ -> false);
    if (format == Format.TEXT) {
      terminal.out().println(lengths.describe(most));
      found.forEach(terminal.out()::println);
    } else {
      found.forEach(line -> terminal.err().println("crema: " + line));
    }
    return 0;
  }

  private Settings settings() throws IOException {
    GivenSettings given = config.given(Objects.requireNonNull(spec), ROWS);
    Settings settings = ConfigFlag.rows(given, files, "raw rows");
    var length = given.byName().get(EncoderSettings.MAX_LENGTH.name());
    most = maxLength != null ? maxLength
        : length == null ? most : Settings.of(EncoderSettings.SECTION).with(length).get(EncoderSettings.MAX_LENGTH);
    if (settings.get(LabelSettings.LABEL).isEmpty() && !settings.get(DataSettings.TEXT).isEmpty()) {
      return settings;
    }
    return settings.checked();
  }

  private void read(DataSettings data, LeakCheck check, Lengths lengths, ProblemListener listener) {
    Columns columns = RunRows.columns(data);
    List<TextColumn> text = TextColumn.parseAll(data.text());
    int left = shown;
    List<FileRows> all = check.over(
        FileRows.all(data.train().stream().map(Path::of).toList(), List.of(), columns, data.fileOptions()));
    if (all.isEmpty()) {
      throw new UserError(String.join(", ", data.train()) + " has no columns to make texts of");
    }
    for (FileRows rows : all) {
      try (RowCursor cursor = TextColumn.compose(rows, text, data.joiner()).open(listener)) {
        for (Row row = cursor.next(); row != null; row = cursor.next()) {
          check.add(row, rows.columns());
          lengths.words.add(words(row.text()));
          if (left > 0) {
            left--;
            show(row, rows.columns(), text);
          }
        }
      }
    }
  }

  private static int words(String text) {
    Matcher words = WORD.matcher(text);
    int count = 0;
    while (count < MOST_WORDS && words.find()) {
      count++;
    }
    return count;
  }

  /** The text behind so many words; empty if there are no more. */
  private String cut(String text) {
    Matcher words = WORD.matcher(text);
    for (int i = 0; i < most; i++) {
      if (!words.find()) {
        return "";
      }
    }
    return text.substring(words.end()).strip();
  }

  private void show(Row row, Columns columns, List<TextColumn> text) {
    if (format == Format.JSONL) {
      terminal.out().println(Json.write(json(row, columns, text)));
      return;
    }
    terminal.out().println(row.meta().location()
        + (row.labels().isEmpty() ? "" : ": " + String.join(", ", row.labels())));
    LeakCheck.cells(row, columns).forEach((name, cell) -> terminal.out().println("  < " + name + ": "
        + shortened(cell.isContainer() ? cell.toString() : cell.asString())));
    for (int i = 0; i < row.fields().size(); i++) {
      terminal.out().println("  > " + text.get(i).name() + ": " + shortened(row.fields().get(i)));
    }
    String cut = cut(row.text());
    terminal.out().println("  = " + oneLine(cut.isEmpty() ? row.text()
        : row.text().substring(0, row.text().stripTrailing().length() - cut.length())));
    if (!cut.isEmpty()) {
      terminal.out().println("  cut: " + shortened(cut));
    }
    terminal.out().println(String.format(Locale.ROOT, "  %,d characters, %,d words%s",
        row.text().codePointCount(0, row.text().length()), words(row.text()),
        cut.isEmpty() ? "" : String.format(Locale.ROOT, ", of which %,d are cut", words(cut))));
    terminal.out().println();
  }

  private ObjectNode json(Row row, Columns columns, List<TextColumn> text) {
    var json = new ObjectNode();
    json.put("file", row.meta().file());
    json.put("line", row.meta().line());
    json.set("labels", JsonValues.toJson(row.labels()));
    json.set("raw", JsonValues.toJson(LeakCheck.cells(row, columns)));
    var fields = new LinkedHashMap<String, String>();
    for (int i = 0; i < row.fields().size(); i++) {
      fields.put(text.get(i).name(), row.fields().get(i));
    }
    json.set("fields", JsonValues.toJson(fields));
    json.put("text", row.text());
    json.put("characters", row.text().codePointCount(0, row.text().length()));
    json.put("words", words(row.text()));
    json.put("cut", cut(row.text()));
    return json;
  }

  private static String shortened(String text) {
    String line = oneLine(text);
    return line.codePointCount(0, line.length()) <= SHOWN_CHARACTERS ? line
        : line.substring(0, line.offsetByCodePoints(0, SHOWN_CHARACTERS)) + "…";
  }

  /** A text that cannot steer a terminal. */
  private static String oneLine(String text) {
    return text.replaceAll("[\\p{Cntrl}]+", " ");
  }
}
