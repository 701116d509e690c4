package crema.run;

import crema.base.OptionalLibrary;
import crema.classify.RunContext;
import crema.classify.TrainingListener;
import crema.data.Columns;
import crema.data.Corrections;
import crema.data.DataException;
import crema.data.Duplicates;
import crema.data.FileRows;
import crema.data.Grouping;
import crema.data.LabelCounts;
import crema.data.LabelFormat;
import crema.data.LabelSet;
import crema.data.PictureColumn;
import crema.data.PicturedRows;
import crema.data.ProblemListener;
import crema.data.ProblemLog;
import crema.data.ProductTitles;
import crema.data.RowAccount;
import crema.data.RowCursor;
import crema.data.RowFault;
import crema.data.RowSource;
import crema.data.Split;
import crema.data.SplitPlan;
import crema.data.SplitRows;
import crema.data.TextColumn;
import crema.nn.train.StopSignal;
import crema.settings.Settings;
import crema.task.LabelSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Reads and splits the rows of a run. */
public final class RunRows {
  private static final int SHOWN_CHARACTERS = 80;

  private RunRows() {}

  /** The rows of a run: those that were read before, or those that its settings say. */
  public static SplitRows of(RunContext context, Settings settings) {
    OptionalLibrary.COMMONS_MATH.require("training");
    if (context.rows() != null) {
      return context.rows();
    }
    var data = new DataSettings(settings);
    MissingRows.describe(settings).forEach(context.listener()::warning);
    Reading reading = reading(data, settings.get(TrainingSettings.SEED), context.listener(), context.stop(),
        finding -> Findings.tell(Optional.of(finding), context.directory(), context.listener()));
    ReadRows.keep(reading.account(), context.directory());
    SplitRows rows = reading.rows();
    Findings.tell(LookAlikes.among(rows.labels().names(), rows.train()), context.directory(), context.listener());
    Findings.tell(Findings.singleRows(rows.labels()), context.directory(), context.listener());
    return rows;
  }

  /**
   * Reads and splits rows, and reports what is wrong with them.
   *
   * @param data which rows, and how they are split
   * @param seed of the split
   * @param stop leaves any pass over the rows, also later ones
   * @throws crema.data.DataException when the rows cannot be used
   */
  public static SplitRows read(DataSettings data, long seed, TrainingListener listener, StopSignal stop) {
    return reading(data, seed, listener, stop, listener::warning).rows();
  }

  /**
   * Rows that were read.
   *
   * @param account what became of all that there were, but for what is made of them
   */
  private record Reading(SplitRows rows, RowAccount account) {}

  /**
   * Reads and splits rows.
   *
   * @param findings receives what makes the run hardly worth its name
   */
  private static Reading reading(DataSettings data, long seed, TrainingListener listener, StopSignal stop,
      Consumer<String> findings) {
    DataSettings.requireFiles(data.files());
    listener.stage("Reading the data");
    var problems = new ProblemLog();
    var ofCorrections = new ProblemLog();
    Reading reading;
    try {
      reading = read(data, seed, problems, ofCorrections, listener, stop, findings);
    } finally {
      // Also where no row is left: the reasons are those of each row.
      problems.report().forEach(listener::warning);
      ofCorrections.report().forEach(listener::warning);
    }
    reportDuplicates(reading.rows(), listener);
    return reading;
  }

  /**
   * Reads and splits rows.
   *
   * @param data which rows, and how they are split
   * @param seed of the split
   * @param problems is notified of each row, and of those that cannot be used, once
   * @param ofCorrections likewise of corrections
   * @param run is told what corrections did
   * @param findings receives what makes the run hardly worth its name
   * @throws crema.data.DataException when the rows cannot be used
   */
  private static Reading read(DataSettings data, long seed, ProblemLog problems, ProblemLog ofCorrections,
      TrainingListener run, StopSignal stop, Consumer<String> findings) {
    ProblemListener listener = data.isStrict() ? problems.strict() : problems;
    List<String> all = Stream.of(data.train(), data.validation(), data.test()).flatMap(List::stream).toList();
    RowSource train = new StoppableRows(rows(data.train(), all, data), stop);
    double validationShare = data.validation().isEmpty() ? data.validationFraction() : 0;
    double testShare = data.test().isEmpty() ? data.testFraction() : 0;
    RowSource validation = new StoppableRows(rows(data.validation(), all, data), stop);
    RowSource test = new StoppableRows(rows(data.test(), all, data), stop);
    // The first pass over each file reports its problems; that over the training file also refuses columns that cannot be
    // meant as labels, before a split fails because of them.
    var warnings = new LabelWarnings(data.labels(), TextColumn.names(TextColumn.parseAll(data.text())));
    requireLabels(data.labels(), LabelCounts.count(warnings.over(train), data.labels().format(), listener));
    warnings.found().forEach(findings);
    problems.requireFields(Set.copyOf(data.train()).size());
    leaks(data, all, warnings, stop).forEach(findings);
    validation.forEach(listener, row -> {});
    test.forEach(listener, row -> {});
    RowSource added = RowSource.of(List.of());
    RowAccount account = problems.account(Map.of());
    if (!data.corrections().isEmpty()) {
      Corrections corrections = corrections(data, data.isStrict() ? ProblemListener.STRICT : ofCorrections);
      Corrections.Outcome outcome = corrections.outcome(RowSource.concat(List.of(train, validation)));
      run.warning(String.join(", ", data.corrections()) + ": " + outcome.describe());
      train = corrections.applied(train);
      validation = corrections.applied(validation);
      added = RowSource.of(outcome.added());
      account = new RowAccount(account.read() + outcome.added().size(), Map.of(), account.leftOut())
          .and(RowFault.LEFT_OUT, outcome.dropped());
    }
    if (validationShare + testShare == 0) {
      return new Reading(splitRows(train, added, validation, test, data), account);
    }
    SplitPlan plan = SplitPlan.trainValidationTest(validationShare, testShare, seed);
    if (!data.isStratified()) {
      plan = plan.unstratified();
    }
    if (data.group().isPresent()) {
      plan = plan.withGrouping(Grouping.COLUMN);
    }
    Split split = Split.of(train, plan, ProblemListener.SILENT);
    SplitRows parts = splitRows(split.train(), added, validationShare > 0 ? split.validation() : validation,
        testShare > 0 ? split.test() : test, data);
    return new Reading(parts, account);
  }

  /** Rows in their parts; rows that are added are trained on, since nobody measures on what was put right for it. */
  private static SplitRows splitRows(RowSource train, RowSource added, RowSource validation, RowSource test,
      DataSettings data) {
    RowSource all = data.corrections().isEmpty() ? train : RowSource.concat(List.of(train, added));
    return new SplitRows(all, validation, test,
        LabelCounts.count(all, data.labels().format(), ProblemListener.SILENT));
  }

  /** What is found of fields that texts of training rows are made of, and that give labels away. */
  private static List<String> leaks(DataSettings data, List<String> among, LabelWarnings told,
      StopSignal stop) {
    Columns columns = columns(data);
    if (columns.text().size() < 2 && !columns.areMade()) {
      return List.of();
    }
    var check = new LeakCheck(data, LeakCheck.Fields.OF_TEXTS);
    for (FileRows rows : check.over(FileRows.all(paths(data.train()), paths(among), columns, data.fileOptions()))) {
      rows.forEach(ProblemListener.SILENT, row -> {
        stop.check();
        check.add(row, rows.columns());
      });
    }
    return check.found(told::isLabel);
  }

  private static Corrections corrections(DataSettings data, ProblemListener listener) {
    List<TextColumn> text = TextColumn.parseAll(data.text());
    var corrections = new Corrections();
    for (String file : data.corrections()) {
      corrections.read(Path.of(file), columns(data), fields -> TextColumn.compose(text, fields, data.joiner()),
          listener);
    }
    return corrections;
  }

  /** Refuses columns that say with 0 and 1, or two other words, which labels a row has, where cells are taken for labels. */
  private static void requireLabels(LabelSettings labels, LabelSet all) {
    String separator = labels.pathSeparator().strip();
    if (labels.columns().size() < 2 || labels.format().oneHot() || all.names().isEmpty()) {
      return;
    }
    List<String> cells = all.names().stream().flatMap(label -> Stream.of(label.split(Pattern.quote(separator))))
        .map(String::strip).distinct().toList();
    String columns = "the cells of the label columns " + String.join(", ", labels.columns());
    if (cells.stream().allMatch(LabelFormat::isIndicator)) {
      throw new DataException(columns + " are all 0 or 1, which are no labels: with --one-hot the names of the columns "
          + "are");
    }
    // Two columns may well hold two labels in turn, but not three.
    if (labels.columns().size() > 2 && cells.size() <= 2) {
      throw new DataException(
          columns + " have '" + String.join("' or '", cells) + "' alone, which seem to be no labels: "
              + "write 1 and 0 in their place, and with --one-hot the names of the columns are the labels");
    }
  }

  /** The rows of some files, as a configuration describes them. */
  public static RowSource rows(List<String> files, DataSettings data) {
    return rows(files, List.of(), data);
  }

  /**
   * The rows of some files.
   *
   * @param among more files of the same rows: a column that only some files have is empty in the others
   */
  static RowSource rows(List<String> files, List<String> among, DataSettings data) {
    return rows(files, among, data, columns(data), () -> productTitles(data));
  }

  private static RowSource rows(List<String> files, List<String> among, DataSettings data, Columns columns,
      Supplier<RowSource> productTitles) {
    if (files.isEmpty()) {
      return RowSource.of(List.of());
    }
    var sources = new ArrayList<RowSource>(FileRows.all(paths(files), paths(among), columns, data.fileOptions()));
    for (int i = 0; i < files.size(); i++) {
      if (files.get(i).equals(DataSettings.PRODUCT_TITLES)) {
        sources.add(i, productTitles.get());
      }
    }
    RowSource all = RowSource.concat(sources);
    return data.composed(columns.picture() == null ? all : new PicturedRows(all));
  }

  /** All but the rows that come along, whose columns are known. */
  private static List<Path> paths(List<String> files) {
    return files.stream().filter(file -> !file.equals(DataSettings.PRODUCT_TITLES)).map(Path::of).toList();
  }

  /** Rows of which every pass ends when the run is asked to stop. */
  private record StoppableRows(RowSource rows, StopSignal stop) implements RowSource {
    @Override
    public RowCursor open(ProblemListener listener) {
      return rows.open(listener).map(row -> {
        stop.check();
        return row;
      });
    }

    @Override
    public String fingerprint() {
      return rows.fingerprint();
    }
  }

  /** The rows of files without their labels, with the same texts and pictures. */
  public static RowSource unlabelled(List<String> files, DataSettings data) {
    return rows(files, List.of(), data, content(data), ProductTitles::rows);
  }

  /** What is read of the files of rows. */
  public static Columns columns(DataSettings data) {
    return content(data).withLabels(data.labels().format(), data.labels().columns().toArray(String[]::new))
        .withGroup(data.group().orElse(null)).withLanguage(data.languages().column().orElse(null))
        .withWeight(data.rowWeight().orElse(null));
  }

  /** The columns with texts and pictures. */
  private static Columns content(DataSettings data) {
    PictureColumn picture = PictureSettings.column(data.settings()).orElse(null);
    List<String> text = TextColumn.names(TextColumn.parseAll(data.text()));
    Columns columns = text.isEmpty() && picture != null ? Columns.picture(picture)
        : Columns.text(text.toArray(String[]::new)).withPicture(picture);
    return columns.withMissing(data.missing()).withJoiner(data.joiner().joiner()).withRecipe(data.recipe());
  }

  private static RowSource productTitles(DataSettings data) {
    data.rowWeight().ifPresent(column -> {
      throw new DataException(DataSettings.PRODUCT_TITLES + " has no column '" + column + "' with weights");
    });
    return ProductTitles.rows();
  }

  /** Warns of texts that are in two parts. */
  private static void reportDuplicates(SplitRows rows, TrainingListener listener) {
    var named = new LinkedHashMap<String, RowSource>();
    named.put("training", rows.train());
    named.put("validation", rows.validation());
    named.put("test", rows.test());
    for (Duplicates duplicates : Duplicates.between(named)) {
      listener.warning(String.format(Locale.ROOT,
          "%,d %s %s exactly the text of a %s row, for instance '%s' (%s and %s)",
          duplicates.rows(), duplicates.part(), duplicates.rows() == 1 ? "row has" : "rows have", duplicates.earlier(),
          shortened(duplicates.examples().getFirst().text()),
          duplicates.examples().getFirst().location(), duplicates.examples().getFirst().earlierLocation()));
    }
  }

  private static String shortened(String text) {
    return text.length() <= SHOWN_CHARACTERS ? text : text.substring(0, SHOWN_CHARACTERS - 1) + "…";
  }
}
