package crema.cli;

import crema.base.UserError;
import crema.classify.Classifier;
import crema.classify.ModelSource;
import crema.report.HtmlReport;
import crema.report.MetricsJson;
import crema.report.TerminalReport;
import crema.run.DataSettings;
import crema.run.LabelledTest;
import crema.task.LabelConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Tests a model on labelled rows. */
@Command(
    name = "evaluate",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    abbreviateSynopsis = true,
    description = "Tests a model on labelled rows: accuracy, precision, recall and F1 by label, and what is confused.",
    footer = {
      "",
      "Examples:",
      "  crema evaluate models/titles --data test.csv",
      "  crema evaluate models/titles --data test.csv --detect-language --language-min-count 50",
      "  crema evaluate models/titles --data test.tsv.gz --text name --label lvl1 --output reports/test"
    })
final class EvaluateCommand implements Callable<Integer> {
  private static final int SHOWN_LABELS = 25;

  private final Terminal terminal;

  @Parameters(paramLabel = "MODEL", description = "The model: a directory or an archive.")
  private Path model = Path.of("");

  @Option(names = {"-d", "--data"}, split = ",", paramLabel = "FILE", required = true,
      description = "Files with labelled rows.")
  private List<String> files = List.of();

  @Option(names = "--text", split = ",", paramLabel = "COLUMN",
      description = "The text columns (default: as in training).")
  private List<String> text = List.of();

  @Option(names = "--label", split = ",", paramLabel = "COLUMN",
      description = "The label columns (default: as in training); their separators are those of the training.")
  private List<String> label = List.of();

  @Mixin
  private LanguageOptions languages = new LanguageOptions();

  @Mixin
  private BandOptions bands = new BandOptions();

  @Option(names = "--strict", description = "Stop at a malformed row or an unknown label (default: count it and skip it).")
  private boolean strict;

  @Option(names = {"-o", "--output"}, paramLabel = "DIR",
      description = "Also write metrics.json and report.html there.")
  private @Nullable Path output;

  @Mixin
  private ComputeFlags compute = new ComputeFlags();

  @Option(names = {"-q", "--quiet"}, description = "No progress, only warnings and the tables.")
  private boolean quiet;

  EvaluateCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    try (Classifier classifier = Classifier.load(model, compute.options());
        var view = new ProgressView(terminal, quiet)) {
      var test = new LabelledTest(ModelSource.read(model, this::columns), strict, view);
      var report = test.run(classifier, "Test of " + model + " on " + String.join(", ", files));
      view.close();
      terminal.out().print(TerminalReport.render(report, terminal.outStyle(), SHOWN_LABELS));
      if (output != null) {
        Files.createDirectories(output);
        MetricsJson.write(report, output.resolve("metrics.json"));
        HtmlReport.write(report, output.resolve("report.html"));
        terminal.out().println();
        terminal.out().println("Report: " + output.resolve("report.html"));
      }
    }
    return 0;
  }

  /** The rows to test on; columns that are not given are those of the training. */
  private DataSettings columns(ModelSource source) throws IOException {
    if (!source.holds(ModelSource.TRAINING)) {
      throw new UserError(model + " does not say how its rows were read: it has no training.json");
    }
    DataSettings training = DataSettings.read(source);
    LabelConfig labels = label.isEmpty() ? training.labels() : training.labels().withColumns(label);
    return new DataSettings(List.of(), List.of(), files, text.isEmpty() ? training.text() : text,
        labels.withBands(bands.orAsIn(labels.bands())), null, 0, 0, true, strict,
        languages.areGiven() ? languages.languages() : training.languages());
  }
}
