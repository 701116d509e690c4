package crema.cli;

import crema.base.NameList;
import crema.base.UserError;
import crema.base.json.JsonNode;
import crema.base.json.JsonValues;
import crema.classify.Classifier;
import crema.classify.ModelFamily;
import crema.classify.ModelSource;
import crema.classify.WatchedItems;
import crema.cli.console.Terminal;
import crema.data.Columns;
import crema.data.DataFile;
import crema.data.FieldText;
import crema.data.FileFormat;
import crema.data.FileOptions;
import crema.data.FileRows;
import crema.data.PictureColumn;
import crema.data.PicturedRows;
import crema.data.ProblemListener;
import crema.data.ProblemLog;
import crema.data.Recipe;
import crema.data.RowFault;
import crema.data.RowProblem;
import crema.data.RowSource;
import crema.data.TextColumn;
import crema.data.TextJoiner;
import crema.run.DataSettings;
import crema.run.PictureSettings;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Where a command's texts come from: its arguments, the lines or a column of a file, or standard input. */
final class TextInput {
  /** Texts that are answered together: enough to fill the machine, few enough to stream. */
  private static final int BATCH = 256;
  /** In place of a file. */
  private static final String STANDARD_INPUT = "-";
  /** Characters by which the ends of lines are told. */
  private static final int BEGINNING = 1 << 13;

  @Option(names = {"-f", "--file"}, paramLabel = "FILE",
      description = "Read texts from a file: the lines of a plain one, the rows of CSV, TSV, JSONL, "
          + "Parquet or Excel (also .gz, .zst, or in a .zip).")
  private @Nullable Path file;

  @Option(names = "--text", paramLabel = "COLUMN", parameterConsumer = CommaSeparated.class,
      description = "The text columns of the file, as in training.")
  private List<String> textColumns = new ArrayList<>();

  @Mixin
  private FileFlags files = new FileFlags();

  /** Whether the columns are those of another file, which was read, and perhaps of this one too. */
  private boolean isLookedFor;

  /** The columns that are told apart; none where they are joined. */
  private List<String> apart = List.of();

  /** How the rows of the training were read, whose columns are meant where none are named. */
  private Training training = Optional::empty;

  private KeepFlags keep = new KeepFlags();
  private PictureFlags pictures = new PictureFlags();
  /** Whether arguments and lines say where pictures are. */
  private boolean areLocations;
  private final ProblemLog unreadable = new ProblemLog();
  /** Receives what is wrong with rows: the log, or what ends the command with the first of them. */
  private ProblemListener problems = unreadable;
  /** Lines with something that is no character, and the first of them. */
  private long damaged;
  private long firstDamaged;

  /** Answers texts. */
  @FunctionalInterface
  interface Answerer {
    /** Answers some texts, of which it keeps no reference, and returns whether it wants more. */
    boolean answer(List<InputText> texts) throws IOException;
  }

  /** Finds out how the rows of a training were read. */
  @FunctionalInterface
  interface Training {
    /** Its settings; nothing where nobody knows them. */
    Optional<DataSettings> settings() throws IOException;
  }

  /**
   * The texts of files that a command names by flags of its own.
   *
   * @param columns those of the text; none to read a file by lines, or as in the training
   * @param files how they are read
   */
  static TextInput ofColumns(List<String> columns, FileFlags files) {
    var input = new TextInput();
    input.textColumns = columns;
    input.files = files;
    return input;
  }

  /** Has rows handed over as texts in which these columns are told apart, unless there are none. */
  void tellApart(List<String> columns) {
    apart = columns;
  }

  /**
   * Reads texts as a model was trained on them.
   *
   * @param task of a model that has several
   * @param kept what stays with a text
   * @param images where its picture is
   */
  void readAs(Classifier classifier, Path model, @Nullable String task, KeepFlags kept, PictureFlags images) {
    images.require(classifier, model);
    pictures = images;
    areLocations = !classifier.readsText();
    tellApart(classifier.columns());
    asIn(() -> trainingOf(model, task));
    keep(kept);
  }

  /** Has the first row that cannot be read, or whose picture cannot, end the command. */
  void beStrict() {
    problems = unreadable.strict();
  }

  /**
   * Texts that were answered, with what the model found out of their pictures: one that cannot be read is reported, and
   * leaves a text without an answer where the model has nothing else to go by.
   *
   * @param batch as it was handed over
   * @param asked the items of the batch, about which a model was asked
   */
  List<InputText> checked(List<InputText> batch, WatchedItems asked) {
    var checked = new ArrayList<>(batch);
    for (int i = 0; i < checked.size(); i++) {
      InputText text = batch.get(i);
      Optional<String> fault = asked.fault(i);
      if (fault.isPresent()) {
        boolean isAnswered = !areLocations && !text.text().isBlank();
        var problem = new RowProblem(isAnswered ? RowFault.DROPPED_PICTURE : RowFault.BAD_PICTURE, text.place().file(),
            text.place().line(), fault.get());
        problems.problem(problem);
        checked.set(i, isAnswered ? text : text.withProblem(problem.message()));
      }
    }
    return checked;
  }

  /** Has the columns of a training read where none are named. */
  void asIn(Training before) {
    training = before;
  }

  /**
   * How the rows of a model's training were read.
   *
   * @param task of a model that has several
   */
  static Optional<DataSettings> trainingOf(Path model, @Nullable String task) throws IOException {
    return ModelSource.read(model, source -> {
      ModelSource of = source.taskOrSelf(task);
      return of.holds(ModelSource.TRAINING) ? Optional.of(new DataSettings(ModelFamily.settingsOf(of)))
          : Optional.empty();
    });
  }

  /** Says which columns stay with a text. */
  void keep(KeepFlags flags) {
    keep = flags;
  }

  /**
   * Checks text columns, which may have other names than those of the training.
   *
   * @param apart the columns that a model tells apart; none where they are joined
   */
  static void requireAsMany(List<TextColumn> text, List<String> apart) {
    if (!apart.isEmpty() && text.size() != apart.size()) {
      throw new UserError("the model tells the text columns " + String.join(", ", apart) + " apart, but --text names "
          + text.size() + ": name as many, in the same order");
    }
  }

  /**
   * Hands over all texts, in order: one for each argument, line or row, also for those that are empty or cannot be read.
   *
   * @param arguments the texts on the command line
   * @param terminal has the standard input
   */
  void forEachBatch(List<String> arguments, Terminal terminal, Answerer answerer) throws IOException {
    if (file != null && !arguments.isEmpty()) {
      throw new UserError("give texts or --file, not both");
    }
    if (file != null && !file.toString().equals(STANDARD_INPUT)) {
      forEachBatch(Path.of(RowFiles.source(terminal).local(file.toString())), answerer);
      return;
    }
    if (arguments.isEmpty()) {
      forEachBatch("standard input", terminal.in(), answerer);
      return;
    }
    if (!textColumns.isEmpty() && !isLookedFor) {
      throw new UserError("--text names columns of a file: give --file too");
    }
    requireNothingToKeep();
    List<String> images = pictures.ofTexts(arguments.size());
    answerer.answer(IntStream.range(0, arguments.size()).mapToObj(i -> {
      InputText argument =
          ofLine(arguments.get(i), new InputText.Place((areLocations ? "picture " : "text ") + (i + 1), 0));
      return images.isEmpty() ? argument : argument.withPicture(images.get(i));
    }).toList());
  }

  /** An argument or a line: a text, or where a picture is if the model reads nothing else. */
  private InputText ofLine(String line, InputText.Place place) {
    return areLocations && !line.isBlank() ? InputText.ofPicture(line.strip(), place) : InputText.of(line, place);
  }

  /**
   * How a file is read.
   *
   * @param columns those of its text
   * @param picture the column of its pictures, or null
   * @param missing words that mean no value
   * @param before how the rows of the training were read; null where nobody knows
   */
  private record Reading(List<String> columns, @Nullable PictureColumn picture, FileOptions options,
      Set<String> missing, @Nullable DataSettings before) {
    /** Whether a file is read by lines. */
    boolean isOfLines() {
      return columns.isEmpty() && picture == null;
    }

    /** What stands between text columns. */
    TextJoiner joiner() {
      return before == null ? TextJoiner.SPACE : before.joiner();
    }

    /** What is read of the rows of a file, of which a recipe makes text columns where the training had one. */
    Columns read() {
      List<String> text = TextColumn.names(TextColumn.parseAll(columns));
      Columns read = text.isEmpty() && picture != null ? Columns.picture(picture)
          : Columns.text(text.toArray(String[]::new)).withPicture(picture);
      return read.withMissing(missing).withJoiner(joiner().joiner())
          .withRecipe(before == null ? Recipe.NONE : before.recipe());
    }
  }

  private void forEachBatch(Path texts, Answerer answerer) throws IOException {
    DataFile.requireFile(texts);
    DataFile file = DataFile.of(texts);
    if (file.isRepeatable()) {
      forEachBatch(file, answerer);
    } else if (FileFormat.isNamed(file)) {
      forEachBatch(DataFile.spooled(texts, null), answerer);
    } else {
      try (InputStream stream = Files.newInputStream(texts)) {
        forEachBatch(file.name(), stream, answerer);
      }
    }
  }

  /** What comes once: what has columns is spooled, and lines are answered as they come. */
  private void forEachBatch(String name, InputStream stream, Answerer answerer) throws IOException {
    Charset encoding = files.options().encoding();
    var beginning = StreamBeginning.of(stream);
    if (beginning.isEmpty()) {
      if (!textColumns.isEmpty() && !isLookedFor) {
        throw new UserError("--text names columns, and " + name + " is empty: give --file, or rows that have them");
      }
      return;
    }
    InputStream whole = beginning.followedBy(stream);
    if (hasRows(name, beginning)) {
      forEachBatch(DataFile.spooled(name, whole, encoding), answerer);
      return;
    }
    requireNothingToKeep();
    pictures.ofTexts(0);
    var lines = new BufferedReader(
        new InputStreamReader(whole, encoding == null ? StandardCharsets.UTF_8 : encoding));
    lines(lines, endOfLines(lines), name, answerer);
  }

  /** Whether a stream is read as a file with columns is, by what it begins with and what is said of it. */
  private boolean hasRows(String name, StreamBeginning beginning) throws IOException {
    FileOptions options = files.options();
    if (options.format() != null || options.separator() != null
        || !isLookedFor && (keep.any() || !textColumns.isEmpty()) || !beginning.isPlain(options.encoding())) {
      return true;
    }
    DataFile first = beginning.file(name).withEncoding(options.encoding());
    // Without a header every line could be a row.
    return options.formatOf(first).isPresent()
        || training.settings().map(DataSettings::fileOptions).map(FileOptions::hasHeader).orElse(true)
            && !reading(first).isOfLines();
  }

  private void forEachBatch(DataFile file, Answerer answerer) throws IOException {
    Reading reading = reading(file);
    DataFile data = file.withEncoding(reading.options.encoding());
    if (reading.isOfLines()) {
      requireNothingToKeep();
      try (var lines = new BufferedReader(new InputStreamReader(data.open(), StandardCharsets.UTF_8))) {
        lines(lines, endOfLines(lines), data.name(), answerer);
      }
      return;
    }
    FileRows rows = FileRows.of(data, reading.read(), reading.options);
    rows(keep.any() ? rows.withColumns(rows.columns().withKept(keep.of(rows.columnNames()))) : rows, reading,
        answerer);
  }

  private Reading reading(DataFile file) throws IOException {
    FileOptions given = files.options();
    Set<String> missing = DataSettings.missing(files.missing());
    var lines = new Reading(List.of(), null, given, missing, null);
    DataSettings before = training.settings()
        .filter(settings -> !settings.text().isEmpty() || PictureSettings.areGiven(settings.settings())).orElse(null);
    PictureColumn picture = pictures.column(before);
    if (!textColumns.isEmpty()) {
      var named = new Reading(textColumns, picture, given, missing, before);
      return isLookedFor && given.formatOf(file).isEmpty() && !FileRows.isTable(file, named.read(), given) ? lines
          : named;
    }
    FileOptions options = before == null ? given : given.orElse(before.fileOptions());
    DataFile data = file.withEncoding(options.encoding());
    List<String> existing = given.formatOf(data).map(format -> format.columns(data)).orElse(List.of());
    if (before == null && !existing.isEmpty()) {
      throw new UserError(file.name() + " has columns: name those of the text with --text. It has: "
          + NameList.of(existing));
    }
    if (before == null) {
      return lines;
    }
    var asBefore =
        new Reading(before.text(), picture, options, files.missing().isEmpty() ? before.missing() : missing,
            before);
    return !existing.isEmpty()
        || FileRows.isTable(data, asBefore.read(), options) ? asBefore : lines;
  }

  private void requireNothingToKeep() {
    // What is looked for in another file may be lines though that one has columns.
    if (keep.any() && !isLookedFor) {
      throw new UserError("--keep and --keep-all need a --file with columns, such as CSV or JSONL");
    }
  }

  /** All texts at once, in order. */
  List<InputText> all(List<String> arguments, Terminal terminal) throws IOException {
    var all = new ArrayList<InputText>();
    forEachBatch(arguments, terminal, all::addAll);
    return all;
  }

  /** All texts of another file, read as this one is said to be. */
  List<InputText> of(Path other) throws IOException {
    var all = new ArrayList<InputText>();
    forEachBatch(other, all::addAll);
    isLookedFor = true;
    return all;
  }

  /** Tells of the rows that could not be read, and returns the exit code that says whether there were any. */
  int report(Terminal terminal) {
    unreadable.report().forEach(line -> terminal.err().println("crema: " + line));
    if (damaged > 0) {
      terminal.err()
          .println(String.format(Locale.ROOT,
              "crema: %,d %s bytes that are no UTF-8, first in line %,d: a file in another encoding is read ",
              damaged, damaged == 1 ? "line has" : "lines have", firstDamaged)
              + "when that is said, for instance with --encoding windows-1252");
    }
    // Rows that are used without their picture have an answer.
    long unanswered = unreadable.total() - unreadable.counts().getOrDefault(RowFault.DROPPED_PICTURE, 0L);
    if (unanswered > 0) {
      terminal.err().println(String.format(Locale.ROOT,
          "crema: %,d %s could not be read, and %s no answer", unanswered, unanswered == 1 ? "row" : "rows",
          unanswered == 1 ? "has" : "have"));
    }
    return unanswered > 0 ? Crema.UNANSWERED : 0;
  }

  /** As a table's lines end: as those of old Macs, whose beginning has a carriage return and no line feed, or with that. */
  private static char endOfLines(BufferedReader lines) throws IOException {
    var head = new char[BEGINNING];
    lines.mark(BEGINNING);
    int count = Math.max(0, lines.read(head));
    lines.reset();
    String beginning = new String(head, 0, count);
    int cr = beginning.indexOf('\r');
    return cr >= 0 && cr + 1 < count && beginning.indexOf('\n') < 0 ? '\r' : '\n';
  }

  /** The next line without its end, which alone ends it: a carriage return within a text is part of it. Null at the end. */
  private static @Nullable String next(BufferedReader lines, char end) throws IOException {
    var line = new StringBuilder();
    int character = lines.read();
    if (character < 0) {
      return null;
    }
    for (; character >= 0 && character != end; character = lines.read()) {
      line.append((char) character);
    }
    if (!line.isEmpty() && line.charAt(line.length() - 1) == '\r') {
      line.setLength(line.length() - 1);
    }
    return line.toString();
  }

  private void lines(BufferedReader lines, char end, String file, Answerer answerer) throws IOException {
    var batch = new ArrayList<InputText>(BATCH);
    boolean wantsMore = true;
    long number = 0;
    for (String line = next(lines, end); line != null && wantsMore; line = next(lines, end)) {
      number++;
      if (line.indexOf('\uFFFD') >= 0 && damaged++ == 0) {
        firstDamaged = number;
      }
      batch.add(ofLine(line, new InputText.Place(file, number)));
      // A person who types, or a program that waits for each answer, gets it at once.
      if (batch.size() == BATCH || !lines.ready()) {
        wantsMore = answerer.answer(batch);
        batch.clear();
      }
    }
  }

  private void rows(FileRows rows, Reading reading, Answerer answerer) throws IOException {
    List<TextColumn> text = TextColumn.parseAll(reading.columns);
    requireAsMany(text, apart);
    List<String> kept = rows.columns().kept();
    var batch = new ArrayList<InputText>(BATCH);
    // What is wrong with the picture of the row that comes next, without it.
    var ofNext = new @Nullable RowProblem[1];
    // A row that is skipped is told of where it stands among the others.
    var listener = new ProblemListener() {
      @Override
      public void problem(RowProblem problem) {
        if (isOfPicture(problem) && (problem.fault() == RowFault.DROPPED_PICTURE || !kept.isEmpty())) {
          ofNext[0] = problem;
        } else {
          batch.add(missing(problem, kept));
        }
      }

      @Override
      public void note(String note) {
        unreadable.note(note);
      }
    };
    RowSource source = rows.columns().picture() == null ? rows : new PicturedRows(rows);
    try (var cursor = TextColumn.compose(source, text, reading.joiner()).open(listener)) {
      boolean wantsMore = true;
      for (var row = cursor.next(); row != null && wantsMore; row = cursor.next()) {
        batch.add(withoutPicture(new InputText(apart.isEmpty() ? row.text() : FieldText.of(row), row.meta().picture(),
            named(kept, row.meta().kept()), new InputText.Place(row.meta().file(), row.meta().line()), null),
            ofNext[0]));
        ofNext[0] = null;
        if (batch.size() >= BATCH) {
          wantsMore = answerer.answer(batch);
          batch.clear();
        }
      }
      if (!batch.isEmpty() && wantsMore) {
        answerer.answer(batch);
      }
    }
  }

  private static boolean isOfPicture(RowProblem problem) {
    return problem.fault() == RowFault.BAD_PICTURE || problem.fault() == RowFault.DROPPED_PICTURE;
  }

  /**
   * The text of a row, which has no answer if it lacks the only thing that the model reads.
   *
   * @param ofPicture what is wrong with its picture, which was taken away; null if nothing is
   */
  private InputText withoutPicture(InputText text, @Nullable RowProblem ofPicture) {
    boolean isAnswered = text.picture() != null || !areLocations && !text.text().isBlank();
    if (ofPicture == null && (isAnswered || !areLocations)) {
      return text;
    }
    var place = text.place();
    var problem = ofPicture == null ? noPicture(place.file(), place.line())
        : new RowProblem(isAnswered ? RowFault.DROPPED_PICTURE : RowFault.BAD_PICTURE, place.file(), place.line(),
            ofPicture.detail());
    problems.problem(problem);
    return isAnswered ? text : text.withProblem(problem.message());
  }

  private static RowProblem noPicture(String file, long line) {
    return new RowProblem(RowFault.NO_PICTURE, file, line, "the model reads nothing else");
  }

  private InputText missing(RowProblem found, List<String> kept) {
    Map<String, JsonNode> nothing = named(kept, Collections.nCopies(kept.size(), JsonValues.toJson(null)));
    RowProblem problem =
        found.fault() == RowFault.EMPTY_TEXT && areLocations ? noPicture(found.file(), found.line()) : found;
    var text = new InputText("", null, nothing, new InputText.Place(found.file(), found.line()), null);
    if (problem.fault() == RowFault.EMPTY_TEXT) {
      return text;
    }
    problems.problem(problem);
    return text.withProblem(problem.message());
  }

  private static Map<String, JsonNode> named(List<String> columns, List<JsonNode> values) {
    if (columns.isEmpty()) {
      return Map.of();
    }
    var named = new LinkedHashMap<String, JsonNode>();
    for (int i = 0; i < columns.size(); i++) {
      named.put(columns.get(i), values.get(i));
    }
    return named;
  }
}
