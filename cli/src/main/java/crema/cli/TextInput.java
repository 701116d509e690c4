package crema.cli;

import crema.base.UserError;
import crema.cli.console.Terminal;
import crema.data.Columns;
import crema.data.DataFile;
import crema.data.FieldText;
import crema.data.FileRows;
import crema.data.LabelFormat;
import crema.data.ProblemListener;
import crema.data.TextColumn;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a command's texts come from: its arguments, the lines or a column of a file, or standard input. */
final class TextInput {
  /** Texts that are answered together: enough to fill the machine, few enough to stream. */
  private static final int BATCH = 256;

  @Option(names = {"-f", "--file"}, paramLabel = "FILE",
      description = "Read texts from a file: its lines or, with --text, a column of CSV, TSV or JSONL (also .gz, .zst).")
  private @Nullable Path file;

  @Option(names = "--text", paramLabel = "COLUMN", parameterConsumer = CommaSeparated.class,
      description = "The text columns of the file, as in training.")
  private List<String> textColumns = new ArrayList<>();

  /** Whether the columns are also those of another file. */
  private boolean hasOtherFile;

  /** The columns that are told apart; none where they are joined. */
  private List<String> apart = List.of();

  /** Answers texts. */
  @FunctionalInterface
  interface Answerer {
    /** Answers some texts, of which it keeps no reference, and returns whether it wants more. */
    boolean answer(List<String> texts);
  }

  /** Has rows handed over as texts in which these columns are told apart, unless there are none. */
  void tellApart(List<String> columns) {
    apart = columns;
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
   * Hands over all texts, in order.
   *
   * @param arguments the texts on the command line
   * @param terminal has the standard input, and is told of rows that cannot be read
   */
  void forEachBatch(List<String> arguments, Terminal terminal, Answerer answerer) throws IOException {
    if (file != null && !arguments.isEmpty()) {
      throw new UserError("give texts or --file, not both");
    }
    if (file != null) {
      forEachBatch(file, terminal, answerer);
      return;
    }
    if (!textColumns.isEmpty() && !hasOtherFile) {
      throw new UserError("--text names columns of a file: give --file too");
    }
    if (arguments.isEmpty()) {
      lines(new BufferedReader(new InputStreamReader(terminal.in(), StandardCharsets.UTF_8)), answerer);
    } else {
      answerer.answer(arguments);
    }
  }

  private void forEachBatch(Path texts, Terminal terminal, Answerer answerer) throws IOException {
    if (!textColumns.isEmpty()) {
      rows(texts, terminal, answerer);
      return;
    }
    if (Files.isDirectory(texts)) {
      throw new UserError(texts + " is a directory, not a file of texts");
    }
    try (var lines = new BufferedReader(new InputStreamReader(DataFile.of(texts).open(), StandardCharsets.UTF_8))) {
      lines(lines, answerer);
    }
  }

  /** All texts at once, in order. */
  List<String> all(List<String> arguments, Terminal terminal) throws IOException {
    var all = new ArrayList<String>();
    forEachBatch(arguments, terminal, all::addAll);
    return all;
  }

  /** All texts of another file, read as this one is said to be. */
  List<String> of(Path other, Terminal terminal) throws IOException {
    hasOtherFile = true;
    var all = new ArrayList<String>();
    forEachBatch(other, terminal, batch -> {
      all.addAll(batch);
      return true;
    });
    return all;
  }

  private static void lines(BufferedReader lines, Answerer answerer) throws IOException {
    var batch = new ArrayList<String>(BATCH);
    boolean wantsMore = true;
    for (String line = lines.readLine(); line != null && wantsMore; line = lines.readLine()) {
      batch.add(line);
      // A person who types, or a program that waits for each answer, gets it at once.
      if (batch.size() == BATCH || !lines.ready()) {
        wantsMore = answerer.answer(batch);
        batch.clear();
      }
    }
  }

  private void rows(Path rows, Terminal terminal, Answerer answerer) {
    ProblemListener listener = problem -> terminal.err().println("crema: skipped: " + problem.message());
    List<TextColumn> text = TextColumn.parseAll(textColumns);
    requireAsMany(text, apart);
    var columns = new Columns(TextColumn.names(text), " ", List.of(), LabelFormat.SINGLE, null, null);
    try (var cursor = TextColumn.compose(FileRows.of(rows, columns), text).open(listener)) {
      var batch = new ArrayList<String>(BATCH);
      boolean wantsMore = true;
      for (var row = cursor.next(); row != null && wantsMore; row = cursor.next()) {
        batch.add(apart.isEmpty() ? row.text() : FieldText.of(row));
        if (batch.size() == BATCH) {
          wantsMore = answerer.answer(batch);
          batch.clear();
        }
      }
      if (!batch.isEmpty()) {
        answerer.answer(batch);
      }
    }
  }
}
