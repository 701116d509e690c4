package crema.cli;

import crema.base.UserError;
import crema.cli.console.Terminal;
import crema.data.Columns;
import crema.data.FileRows;
import crema.data.Grouping;
import crema.data.ProblemListener;
import crema.data.ProblemLog;
import crema.data.Row;
import crema.data.RowSource;
import crema.data.Split;
import crema.data.SplitPlan;
import crema.langid.CommonLanguages;
import crema.langid.LanguageDetector;
import crema.langid.LanguageModel;
import crema.langid.LanguageTrainer;
import crema.run.DataSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Trains a language model. */
@Command(
    name = "langid-train",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    abbreviateSynopsis = true,
    description = {
        "Trains a model for 'crema langid' on sentences.",
        "They are rows with the columns language and text, in any file that 'crema train' reads. The model that comes",
        "along was trained so; the same sentences give the same model. It takes common languages for more",
        "frequent in texts than others, which decides where a text can be in several languages."
    },
    footer = {
        "",
        "Examples:",
        "  crema langid-train --data sentences.tsv.gz --output languages.lid",
        "  crema langid-train --data sentences.tsv.gz --test-fraction 0.1 --output languages.lid"
    })
final class LangidTrainCommand implements Callable<Integer> {
  private static final long SPLIT_SEED = 1;

  /** Of how many of the common languages the accuracy is told. */
  private static final int MOST_COMMON = 30;

  private final Terminal terminal;

  @Option(names = {"-d", "--data"}, paramLabel = "FILE", required = true, parameterConsumer = CommaSeparated.class,
      description = "Files with the sentences.")
  private List<String> data = List.of();

  @Option(names = {"-o", "--output"}, paramLabel = "FILE", required = true,
      description = "The model to write.")
  private Path output = Path.of("");

  @Option(names = "--test-fraction", paramLabel = "F", defaultValue = "0",
      description = "Hold out this share of each language's sentences and tell the accuracy on it (default: none).")
  private double testFraction;

  @Option(names = "--common", split = ",", paramLabel = "CODE",
      description = "The common languages, the most common first (default: 46 by their ISO 639-3 codes).")
  private List<String> common = CommonLanguages.DEFAULT_CODES;

  @Option(names = "--common-factor", paramLabel = "X", defaultValue = "8",
      description = "How many times as frequent as others they are taken to be; 1: just as frequent "
          + "(default: ${DEFAULT-VALUE}).")
  private double commonFactor;

  @Mixin
  private FileFlags files = new FileFlags();

  LangidTrainCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    if (!(testFraction >= 0 && testFraction < 1)) {
      throw new UserError("--test-fraction must be from 0 to below 1");
    }
    var problems = new ProblemLog();
    Columns columns = Columns.text("text").withLabel("language").withMissing(DataSettings.missing(files.missing()));
    RowSource sentences =
        RowSource.concat(FileRows.all(RowFiles.of(data, terminal), List.of(), columns, files.options()));
    RowSource train = sentences;
    List<Row> test = List.of();
    if (testFraction > 0) {
      var plan = SplitPlan.trainValidationTest(0, testFraction, SPLIT_SEED).withGrouping(Grouping.TEXT);
      Split split = Split.of(sentences, plan, problems);
      train = split.train();
      test = rows(split.test(), ProblemListener.SILENT);
    }
    List<Row> rows = rows(train, testFraction > 0 ? ProblemListener.SILENT : problems);
    problems.report().forEach(problem -> terminal.err().println("crema: " + problem));
    LanguageModel model = train(rows);
    model.save(output);
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

  private LanguageModel train(List<Row> rows) {
    try {
      return LanguageTrainer.train(rows.stream()
          .map(row -> new LanguageTrainer.Sentence(row.labels().getFirst(), row.text()))
          .toList(), new CommonLanguages(common, commonFactor));
    } catch (IllegalArgumentException e) {
      throw new UserError(String.valueOf(e.getMessage()), e);
    }
  }

  private void report(LanguageDetector detector, List<Row> test) {
    List<String> languages = detector.languages();
    List<String> mostCommon = common.stream().filter(languages::contains).limit(MOST_COMMON).toList();
    List<Row> mostCommonTest = test.stream().filter(row -> mostCommon.contains(row.labels().getFirst())).toList();
    tell(detector, languages.size() + " languages", test);
    if (!mostCommonTest.isEmpty()) {
      String name = "the " + mostCommon.size() + " most common languages";
      tell(detector, name, mostCommonTest);
      tell(detector.among(mostCommon), name + ", among these", mostCommonTest);
      tell(detector.withoutPrior(), languages.size() + " languages, all taken for equally frequent", test);
      tell(detector.withoutPrior(), name + ", all taken for equally frequent", mostCommonTest);
    }
  }

  private void tell(LanguageDetector detector, String languages, List<Row> rows) {
    long right = rows.stream()
        .filter(row -> detector.detect(row.text(), 1).stream()
            .anyMatch(best -> best.code().equals(row.labels().getFirst())))
        .count();
    terminal.out().println(String.format(Locale.ROOT, "Accuracy over %s: %.4f on %,d sentences", languages,
        (double) right / rows.size(), rows.size()));
  }
}
