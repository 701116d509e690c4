package crema.cli;

import crema.data.Columns;
import crema.data.DataFile;
import crema.data.FileRows;
import crema.data.LabelFormat;
import crema.data.ProblemListener;
import crema.train.Classifier;
import crema.train.TrainingException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Gives texts their labels. */
@Command(
    name = "predict",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    abbreviateSynopsis = true,
    description = {
      "Predicts the labels of texts: those given as arguments, the lines of a file, or the lines of standard input.",
      "One line of output for each text, in order; an empty text gets no label."
    },
    footer = {
      "",
      "Examples:",
      "  crema predict models/titles \"bosch serie 6 washing machine 9kg\"",
      "  crema predict models/titles --top 3 --format jsonl --file titles.txt",
      "  crema predict models/titles --file offers.csv.gz --text title --format tsv",
      "  cat titles.txt | crema predict models/titles"
    })
final class PredictCommand implements Callable<Integer> {
  /** Texts that are predicted together: enough to fill the machine, few enough to stream. */
  private static final int BATCH = 256;

  private final Terminal terminal;

  @Parameters(index = "0", paramLabel = "MODEL", description = "The model directory.")
  private Path model = Path.of("");

  @Parameters(index = "1..*", paramLabel = "TEXT", description = "Texts; none to read a file or standard input.")
  private List<String> texts = new ArrayList<>();

  @Option(names = {"-f", "--file"}, paramLabel = "FILE",
      description = "Read texts from a file: its lines or, with --text, a column of CSV, TSV or JSONL (also .gz, .zst).")
  private @Nullable Path file;

  @Option(names = "--text", split = ",", paramLabel = "COLUMN", description = "The text columns of the file, joined in order.")
  private List<String> textColumns = new ArrayList<>();

  @Option(names = {"-k", "--top"}, paramLabel = "K", defaultValue = "1",
      description = "How many labels for each text (default: ${DEFAULT-VALUE}).")
  private int top;

  @Option(names = "--format", paramLabel = "FORMAT", defaultValue = "text",
      description = "text: label and probability; tsv: text, then labels and probabilities; jsonl: an object a line "
          + "(default: ${DEFAULT-VALUE}).")
  private PredictionFormat format = PredictionFormat.TEXT;

  @Option(names = "--threads", paramLabel = "N", description = "Threads to compute with (default: all processors).")
  private int threads = Runtime.getRuntime().availableProcessors();

  PredictCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    if (top < 1 || threads < 1) {
      throw new TrainingException((top < 1 ? "--top" : "--threads") + " must be at least 1");
    }
    if (file != null && !texts.isEmpty()) {
      throw new TrainingException("give texts or --file, not both");
    }
    if (file == null && !textColumns.isEmpty()) {
      throw new TrainingException("--text names columns of a file: give --file too");
    }
    try (Classifier classifier = Classifier.load(model, threads)) {
      var output = new PredictionWriter(terminal.out(), format);
      if (!texts.isEmpty()) {
        output.write(texts, classifier.predict(texts, top));
      } else if (file != null && !textColumns.isEmpty()) {
        predictRows(classifier, output, new Columns(textColumns, " ", List.of(), LabelFormat.SINGLE, null, null));
      } else if (file != null) {
        if (Files.isDirectory(file)) {
          throw new TrainingException(file + " is a directory, not a file of texts");
        }
        try (var lines = new BufferedReader(new InputStreamReader(
            DataFile.of(file).open(), StandardCharsets.UTF_8))) {
          predictLines(classifier, output, lines);
        }
      } else {
        predictLines(classifier, output, new BufferedReader(new InputStreamReader(terminal.in(), StandardCharsets.UTF_8)));
      }
    }
    return 0;
  }

  private void predictLines(Classifier classifier, PredictionWriter output, BufferedReader lines) throws IOException {
    var batch = new ArrayList<String>(BATCH);
    for (String line = lines.readLine(); line != null && !output.isClosed(); line = lines.readLine()) {
      batch.add(line);
      // A person who types, or a program that waits for each answer, gets it at once.
      if (batch.size() == BATCH || !lines.ready()) {
        output.write(batch, classifier.predict(batch, top));
        batch.clear();
      }
    }
    output.write(batch, classifier.predict(batch, top));
  }

  private void predictRows(Classifier classifier, PredictionWriter output, Columns columns) {
    var batch = new ArrayList<String>(BATCH);
    ProblemListener listener = problem -> terminal.err().println("crema: skipped: " + problem.message());
    FileRows.of(Objects.requireNonNull(file), columns).forEach(listener, row -> {
      batch.add(row.text());
      if (batch.size() == BATCH) {
        output.write(batch, classifier.predict(batch, top));
        batch.clear();
      }
    });
    output.write(batch, classifier.predict(batch, top));
  }
}
