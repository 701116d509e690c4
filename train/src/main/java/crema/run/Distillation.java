package crema.run;

import crema.base.AtomicFile;
import crema.base.FileTree;
import crema.base.PieceJournal;
import crema.base.Rng;
import crema.base.Sha256;
import crema.base.UserError;
import crema.base.json.ObjectNode;
import crema.classify.Classifier;
import crema.classify.TrainingListener;
import crema.classify.WatchedItems;
import crema.data.Augmentation;
import crema.data.Augmenter;
import crema.data.DataFile;
import crema.data.KnownLabels;
import crema.data.LabelCounts;
import crema.data.LabelSet;
import crema.data.PictureColumn;
import crema.data.PlainLines;
import crema.data.ProblemListener;
import crema.data.ProblemLog;
import crema.data.Row;
import crema.data.RowCursor;
import crema.data.RowSource;
import crema.data.TextColumn;
import crema.nn.train.StopSignal;
import crema.settings.Settings;
import crema.task.LabelSettings;
import crema.task.TargetKind;
import crema.task.TaxonomyTarget;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Asks a teacher for rows, and writes what it says as rows that a student of any family can be trained on. The rows are in
 * files of {@value #PART} rows of the teacher; a distillation that was stopped goes on with the first file that is missing.
 * The result depends on the teacher, the settings and the rows alone.
 */
public final class Distillation {
  private static final String WEIGHT = "distilled_weight";
  private static final int PART = 20_000;
  private static final int BATCH = 256;
  /** One row of so many is for validation, up to a number of them. */
  private static final int VALIDATION_EVERY = 10;
  private static final int MOST_VALIDATION_PARTS = 5;
  /** How copies are altered: so that a text lacks words that decided, or has those of two labels. */
  private static final List<Augmenter.Wanted> ALTERATIONS = List.of(new Augmenter.Wanted(Augmentation.MIX, 0.4),
      new Augmenter.Wanted(Augmentation.DROP, 0.1), new Augmenter.Wanted(Augmentation.PERMUTE, 0.2));
  /** Rows that are altered are held in memory: so many, of so many characters together. */
  private static final int MOST_ALTERED = 100_000;
  private static final long MOST_CHARACTERS = 20_000_000;
  private static final int NAMED = 5;
  private static final String STATE = "distill.txt";
  private static final String ASKED = "asked.journal";

  private final Classifier teacher;
  private final DataSettings data;
  /** The text columns. */
  private final List<String> columns;
  /** The settings of the student. */
  private final Settings student;
  /** The column of pictures, if the student reads them, and them alone; else null. */
  private final @Nullable String picture;
  private final SoftLabels soft;
  /** How many altered copies of each row the teacher is asked for. */
  private final int altered;
  private final Path folder;
  private final TrainingListener listener;
  private final StopSignal stop;

  /**
   * A distillation.
   *
   * @param data how rows are read: text columns, pictures, labels, files of rows with labels to train on and to test with
   * @param student the settings of its family
   * @param distill with those of {@link DistillSettings}
   * @param folder where to write; made if need be
   */
  public Distillation(Classifier teacher, DataSettings data, Settings student, Settings distill, Path folder,
      TrainingListener listener, StopSignal stop) {
    this.teacher = teacher;
    this.data = data;
    this.student = student;
    picture = PictureSettings.column(student).map(PictureColumn::name).orElse(null);
    this.folder = folder;
    this.listener = listener;
    this.stop = stop;
    columns = TextColumn.names(TextColumn.parseAll(data.text()));
    soft = new SoftLabels(teacher.target(), distill.get(DistillSettings.TEMPERATURE),
        distill.get(DistillSettings.LABEL_SHARE));
    // What is said of a picture has nothing to do with words that were left out beside it.
    altered = picture == null ? distill.get(DistillSettings.ALTERED) : 0;
  }

  /**
   * Rows without labels.
   *
   * @param files with the text columns of the settings; a plain one has a text a line
   */
  public static RowSource unlabelled(List<String> files, DataSettings data) {
    var sources = new ArrayList<RowSource>();
    for (String file : files) {
      if (isOfLines(file, data)) {
        if (data.text().size() > 1) {
          throw new UserError(file + " has a text a line, but the teacher reads the columns "
              + String.join(", ", data.text()) + ": give a table");
        }
        sources.add(PlainLines.of(DataFile.of(Path.of(file))));
      } else {
        sources.add(RunRows.unlabelled(List.of(file), data));
      }
    }
    return RowSource.concat(sources);
  }

  /** Whether a file has a text a line, and nothing else. */
  public static boolean isOfLines(String file, DataSettings data) {
    return file.matches(".*\\.txt(\\.gz|\\.zst)?") && !data.settings().isGiven(DataSettings.INPUT_FORMAT);
  }

  /**
   * Writes the rows.
   *
   * @param identity says which teacher it is, and with which settings it is asked
   * @param unlabelled rows to ask it for
   * @return what a student is to be trained on; empty if it was asked to stop
   * @throws UserError if there are no rows, or rows with labels that the teacher does not know
   */
  public Optional<Settings> write(String identity, RowSource unlabelled) throws IOException {
    RowSource labelled = RunRows.rows(data.train(), data);
    RowSource test = RunRows.rows(data.test(), data);
    requireKnown(data.train(), labelled);
    String digest = new Sha256().add(identity).add(unlabelled.fingerprint()).add(labelled.fingerprint())
        .add(test.fingerprint()).add(altered + " " + ALTERATIONS).hex();
    begin(digest);
    listener.stage("Asking the teacher");
    var problems = new ProblemLog();
    ProblemListener reporter = data.isStrict() ? problems.strict() : problems;
    long empty;
    long ofNoUse;
    try (var parts = new Parts(digest, new UnreadPictures(teacher, reporter));
        RowCursor known = labelled.open(reporter);
        RowCursor unknown = unlabelled.open(reporter)) {
      var labels = new KnownLabels(teacher.target().labels());
      for (Row row = known.next(); row != null && !stop.isRequested(); row = known.next()) {
        parts.add(row, labels.of(row, ProblemListener.SILENT).orElse(new int[0]));
      }
      for (Row row = unknown.next(); row != null && !stop.isRequested(); row = unknown.next()) {
        parts.add(row, null);
      }
      parts.addAltered();
      if (stop.isRequested()) {
        return Optional.empty();
      }
      parts.finish();
      empty = parts.empty;
      ofNoUse = parts.ofNoUse;
    }
    problems.report().forEach(listener::warning);
    List<String> train = files("train");
    if (empty > 0) {
      listener.warning(String.format(Locale.ROOT, "%,d %s empty to the teacher and left out", empty,
          empty == 1 ? "row is" : "rows are"));
    }
    if (ofNoUse > 0) {
      listener.warning(String.format(Locale.ROOT, "%,d %s no %s, which is all that the student reads, and %s left out",
          ofNoUse, ofNoUse == 1 ? "row has" : "rows have", picture == null ? "text" : "picture",
          ofNoUse == 1 ? "is" : "are"));
    }
    if (train.isEmpty()) {
      throw new UserError("there is no row to ask the teacher for: --data has none with "
          + (picture == null ? "a text" : "a picture"));
    }
    return Optional.of(ofStudent(train, writeTest(test)));
  }

  /** The settings of a student with the rows that were written. */
  private Settings ofStudent(List<String> train, List<String> test) throws IOException {
    Settings settings = student.without(DataSettings.INPUT_FORMAT).without(DataSettings.SEPARATOR)
        .without(DataSettings.QUOTE).without(DataSettings.NO_HEADER).without(DataSettings.ENCODING)
        .without(DataSettings.GROUP).with(DataSettings.TRAIN, train)
        .with(DataSettings.VALIDATION, files("validation")).with(DataSettings.TEST, test)
        .with(DataSettings.ROW_WEIGHT, WEIGHT);
    if (picture != null) {
      // What is written of pictures is where they are, wherever that is read.
      settings = settings.without(PictureSettings.IMAGE_ROOT);
    }
    return test.isEmpty() ? settings.with(DataSettings.NO_TEST, true) : settings;
  }

  /** Refuses rows with labels that the teacher does not know. */
  private void requireKnown(List<String> files, RowSource labelled) {
    if (files.isEmpty()) {
      return;
    }
    LabelSet labels = LabelCounts.count(labelled, data.labels().format(), ProblemListener.SILENT);
    List<String> unknown =
        labels.names().stream().filter(label -> teacher.target().labels().indexOf(label) < 0).toList();
    if (!unknown.isEmpty()) {
      throw new UserError(
          "the teacher does not know " + (unknown.size() == 1 ? "the label " : unknown.size() + " labels: ")
              + "'" + String.join("', '", unknown.subList(0, Math.min(NAMED, unknown.size()))) + "'"
              + (unknown.size() > NAMED ? ", …" : "") + " of " + String.join(", ", files)
              + ": take these rows out, or another teacher");
    }
  }

  /** Deletes what another distillation has left. */
  private void begin(String identity) throws IOException {
    Path state = folder.resolve(STATE);
    if (!Files.exists(state) || !Files.readString(state).equals(identity)) {
      FileTree.delete(folder);
      Files.createDirectories(folder);
      AtomicFile.writeText(state, identity);
    }
  }

  /** The files of a kind that are not empty, in their order. */
  private List<String> files(String kind) throws IOException {
    var files = new ArrayList<String>();
    for (int part = 0; Files.exists(file(kind, part)); part++) {
      if (Files.size(file(kind, part)) > 0) {
        files.add(file(kind, part).toString());
      }
    }
    return files;
  }

  private Path file(String kind, int part) {
    return folder.resolve(String.format(Locale.ROOT, "%s-%05d.jsonl", kind, part));
  }

  private List<String> writeTest(RowSource test) throws IOException {
    var lines = new StringBuilder();
    var problems = new ProblemLog();
    test.forEach(problems, row -> lines.append(line(row, row.labels(), 1)));
    problems.report().forEach(listener::warning);
    Path file = folder.resolve("test.jsonl");
    AtomicFile.writeText(file, lines.toString());
    return lines.isEmpty() ? List.of() : List.of(file.toString());
  }

  /** Rows on their way into files. */
  private final class Parts implements AutoCloseable {
    private final String identity;
    private final Rng.Stream draws = new Rng(data.settings().get(TrainingSettings.SEED), 0).stream(0);
    private final List<Row> rows = new ArrayList<>();
    private final List<int @Nullable []> truth = new ArrayList<>();
    private StringBuilder train = new StringBuilder();
    private StringBuilder validation = new StringBuilder();
    private long seen;
    /** The rows before their altered copies. */
    private long originals = Long.MAX_VALUE;
    private final List<Row> toAlter = new ArrayList<>();
    private long characters;
    private long empty;
    private long ofNoUse;
    private int part;
    /** Whether the file of the part is there, with the rows that it had. */
    private boolean isWritten = isThere();
    /** What the teacher has said of the rows of the part so far. */
    private @Nullable PieceJournal asked;

    private final UnreadPictures unreadable;

    /**
     * Begins with the first row.
     *
     * @param identity of the distillation
     * @param unreadable is told of the pictures that the teacher could not read
     */
    Parts(String identity, UnreadPictures unreadable) {
      this.identity = identity;
      this.unreadable = unreadable;
    }

    private boolean isThere() {
      return Files.exists(file("train", part));
    }

    void add(Row row, int @Nullable [] labels) throws IOException {
      remember(row);
      if (!isWritten) {
        rows.add(row);
        truth.add(labels);
      }
      seen++;
      if (rows.size() == BATCH) {
        ask();
      }
      if (seen % PART == 0) {
        if (!isWritten) {
          flush();
        }
        part++;
        isWritten = isThere();
      }
      listener.progress(seen, -1);
    }

    /** Asks for altered copies of rows. */
    void addAltered() throws IOException {
      originals = seen;
      Augmenter augmenter = AugmentSettings.augmenter(ALTERATIONS, data.settings());
      for (int copy = 0; copy < altered; copy++) {
        try (RowCursor cursor = augmenter.rows(RowSource.of(toAlter), copy).open(ProblemListener.SILENT)) {
          for (Row row = cursor.next(); row != null && !stop.isRequested(); row = cursor.next()) {
            add(row, null);
          }
        }
      }
    }

    /** Keeps a row to be altered, but none for validation, of which a student is to have seen nothing. */
    private void remember(Row row) {
      if (altered > 0 && seen < originals && !isForValidation(seen) && !row.text().isBlank()
          && toAlter.size() < MOST_ALTERED && characters < MOST_CHARACTERS) {
        // Without labels: half of a text of any other may come behind it.
        toAlter.add(row.withLabels(List.of()));
        characters += row.text().length();
      }
    }

    /** Whether a row is one for validation, which are rows themselves, never copies. */
    private boolean isForValidation(long number) {
      return number < originals && number / PART < MOST_VALIDATION_PARTS
          && number % VALIDATION_EVERY == VALIDATION_EVERY - 1;
    }

    void finish() throws IOException {
      if (seen % PART > 0 && !isWritten) {
        flush();
      }
    }

    private void flush() throws IOException {
      ask();
      AtomicFile.writeText(file("validation", part), validation.toString());
      AtomicFile.writeText(file("train", part), train.toString());
      train = new StringBuilder();
      validation = new StringBuilder();
      close();
      Files.deleteIfExists(folder.resolve(ASKED));
    }

    @Override
    public void close() {
      if (asked != null) {
        asked.close();
        asked = null;
      }
    }

    private void ask() {
      if (rows.isEmpty()) {
        return;
      }
      if (asked == null) {
        asked = PieceJournal.open(folder.resolve(ASKED), identity + " part " + part, listener::warning);
      }
      long first = seen - rows.size();
      float[][] said = asked.nextRows(() -> {
        stop.check();
        var items = new WatchedItems(rows.stream().map(teacher::item).toList());
        float[][] probabilities = teacher.probabilities(items.items());
        for (int i = 0; i < probabilities.length; i++) {
          unreadable.isUsed(rows.get(i), items.fault(i));
        }
        return probabilities;
      });
      for (int i = 0; i < said.length; i++) {
        write(first + i, rows.get(i), said[i], truth.get(i));
      }
      rows.clear();
      truth.clear();
    }

    private void write(long number, Row row, float[] said, int @Nullable [] labels) {
      if (isEmpty(said)) {
        empty++;
        return;
      }
      if (picture == null ? row.text().isBlank() : row.meta().picture() == null) {
        ofNoUse++;
        return;
      }
      if (isForValidation(number)) {
        int[] drawn = labels == null ? soft.draw(said, draws.uniform(number)) : labels;
        validation.append(line(row, names(drawn), 1));
      } else {
        for (SoftLabels.Copy copy : soft.copies(said, labels)) {
          train.append(line(row, names(copy.labels()), copy.weight()));
        }
      }
    }
  }

  private static boolean isEmpty(float[] probabilities) {
    for (float probability : probabilities) {
      if (probability > 0) {
        return false;
      }
    }
    return true;
  }

  private List<String> names(int[] labels) {
    return Arrays.stream(labels).mapToObj(teacher.target().labels()::name).toList();
  }

  /** A row as a line of JSON, with the columns that it was read from. */
  private String line(Row row, List<String> labels, double weight) {
    var json = new ObjectNode();
    for (int i = 0; i < columns.size(); i++) {
      json.put(columns.get(i), i < row.fields().size() ? row.fields().get(i) : row.text());
    }
    if (picture != null) {
      String location = row.meta().picture();
      json.put(picture, location == null ? "" : PictureColumn.isAddress(location) ? location
          : Path.of(location).toAbsolutePath().toString());
    }
    putLabels(json, labels);
    return json.put(WEIGHT, weight) + "\n";
  }

  private void putLabels(ObjectNode json, List<String> labels) {
    List<String> labelColumns = data.labels().columns();
    if (data.settings().get(LabelSettings.ONE_HOT)) {
      labelColumns.forEach(column -> json.put(column, labels.contains(column) ? 1 : 0));
    } else if (data.labels().kind() == TargetKind.MULTI) {
      var array = json.putArray(labelColumns.getFirst());
      new LinkedHashSet<>(labels).forEach(array::add);
      labelColumns.subList(1, labelColumns.size()).forEach(json::putArray);
    } else if (labelColumns.size() > 1 && teacher.target() instanceof TaxonomyTarget paths) {
      String[] segments = labels.getFirst().split(Pattern.quote(paths.separator()));
      for (int i = 0; i < labelColumns.size(); i++) {
        json.put(labelColumns.get(i), i < segments.length ? segments[i] : "");
      }
    } else {
      json.put(labelColumns.getFirst(), labels.getFirst());
    }
  }
}
