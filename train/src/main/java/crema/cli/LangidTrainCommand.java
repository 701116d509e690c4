package crema.cli;

import crema.data.Columns;
import crema.data.FileRows;
import crema.data.ProblemListener;
import crema.data.ProblemLog;
import crema.data.Row;
import crema.data.RowSource;
import crema.data.Split;
import crema.data.SplitPlan;
import crema.nn.fasttext.FastText;
import crema.nn.fasttext.LanguageDetector;
import crema.nn.fasttext.LanguageTrainer;
import crema.nn.fasttext.TextSource;
import crema.nn.io.AtomicFile;
import crema.train.TrainingException;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.zip.GZIPOutputStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Trains a language model. */
@Command(
    name = "langid-train",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    abbreviateSynopsis = true,
    description = {
      "Trains a model for 'crema langid' on sentences.",
      "They are a file with the columns language and text (CSV, TSV or JSONL; also .gz, .zst). The settings are those of",
      "the model that comes along."
    },
    footer = {
      "",
      "Examples:",
      "  crema langid-train --data sentences.tsv.gz --output languages.ftz",
      "  crema langid-train --data sentences.tsv.gz --test-fraction 0.1 --common eng,deu,fra --output languages.ftz"
    })
final class LangidTrainCommand implements Callable<Integer> {
  private static final long SPLIT_SEED = 1;
  private static final int LEAST_ROWS = 256;
  private static final String COMPRESSED = ".gz";

  private final Terminal terminal;

  @Option(names = {"-d", "--data"}, paramLabel = "FILE", required = true, description = "The sentences.")
  private Path data = Path.of("");

  @Option(names = {"-o", "--output"}, paramLabel = "FILE", required = true,
      description = "The model to write; compressed if the name ends in .gz.")
  private Path output = Path.of("");

  @Option(names = "--test-fraction", paramLabel = "F", defaultValue = "0",
      description = "Hold out this share of each language's sentences and tell the accuracy on it (default: none).")
  private double testFraction;

  @Option(names = "--common", split = ",", paramLabel = "CODE",
      description = "Also tell the accuracy on these languages' sentences: among all languages, and among these.")
  private List<String> common = List.of();

  @Option(names = "--rows", paramLabel = "N",
      description = "The words and character n-grams to keep, at least 256 (default: ${DEFAULT-VALUE}, for 1.5 MB compressed).")
  private int rows = LanguageTrainer.SHIPPED_ROWS;

  @Option(names = "--threads", paramLabel = "N",
      description = "Threads to compute with (default: all processors). The result does not depend on it.")
  private int threads = Runtime.getRuntime().availableProcessors();

  LangidTrainCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    if (threads < 1 || !(testFraction >= 0 && testFraction < 1)) {
      throw new TrainingException(threads < 1 ? "--threads must be at least 1" : "--test-fraction must be from 0 to below 1");
    }
    if (rows < LEAST_ROWS) {
      throw new TrainingException("--rows must be at least " + LEAST_ROWS);
    }
    var problems = new ProblemLog();
    RowSource sentences = FileRows.of(data, Columns.text("text").withLabel("language"));
    RowSource train = sentences;
    List<Row> test = List.of();
    if (testFraction > 0) {
      Split split = Split.of(sentences, SplitPlan.trainValidationTest(0, testFraction, SPLIT_SEED), problems);
      train = split.train();
      test = rows(split.test(), ProblemListener.SILENT);
    }
    List<String> lines = rows(train, testFraction > 0 ? ProblemListener.SILENT : problems).stream()
        .map(row -> row.labels().getFirst() + "\t" + row.text().replaceAll("\\R", " ")).toList();
    problems.report().forEach(problem -> terminal.err().println("crema: " + problem));
    FastText model = train(lines);
    save(model);
    if (!test.isEmpty()) {
      report(new LanguageDetector(model), test);
    }
    return 0;
  }

  private static List<Row> rows(RowSource source, ProblemListener listener) {
    var rows = new ArrayList<Row>();
    source.forEach(listener, rows::add);
    return rows;
  }

  private FastText train(List<String> lines) throws IOException {
    try {
      return new LanguageTrainer(threads, rows).train(TextSource.of(lines));
    } catch (IllegalArgumentException e) {
      throw new TrainingException(String.valueOf(e.getMessage()), e);
    }
  }

  private void save(FastText model) throws IOException {
    if (!output.toString().endsWith(COMPRESSED)) {
      model.save(output);
      return;
    }
    AtomicFile.write(output, channel -> {
      var compressed = new GZIPOutputStream(Channels.newOutputStream(channel));
      model.write(compressed);
      compressed.finish();
    });
  }

  private void report(LanguageDetector detector, List<Row> test) {
    tell("%d languages", detector, detector.languages().size(), test);
    if (!common.isEmpty()) {
      List<Row> rows = test.stream().filter(row -> Set.copyOf(common).contains(row.labels().getFirst())).toList();
      tell("the %d common languages", detector, common.size(), rows);
      tell("the %d common languages, among these", detector.among(common), common.size(), rows);
    }
  }

  private void tell(String name, LanguageDetector detector, int languages, List<Row> rows) {
    long right = rows.stream()
        .filter(row -> detector.detect(row.text(), 1).stream().anyMatch(best -> best.code().equals(row.labels().getFirst())))
        .count();
    terminal.out().println(String.format(Locale.ROOT, "Accuracy over " + name + ": %.4f on %,d sentences", languages,
        (double) right / rows.size(), rows.size()));
  }
}
