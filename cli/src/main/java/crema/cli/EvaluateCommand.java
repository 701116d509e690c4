package crema.cli;

import crema.base.UserError;
import crema.classify.Classifier;
import crema.classify.ModelSource;
import crema.data.Columns;
import crema.data.DataFile;
import crema.data.FileRows;
import crema.data.TextColumn;
import crema.cli.console.Terminal;
import crema.report.HtmlReport;
import crema.report.MetricsJson;
import crema.report.TerminalReport;
import crema.run.DataSettings;
import crema.run.LabelledTest;
import crema.run.Languages;
import crema.run.PictureSettings;
import crema.settings.Assignment;
import crema.settings.Setting;
import crema.settings.Settings;
import crema.task.LabelSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

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
        "  crema evaluate models/titles --data test.csv --min-precision 0.97",
        "  crema evaluate models/titles --data test.tsv.gz --text name --label lvl1 --output reports/test"
    })
final class EvaluateCommand implements Callable<Integer> {
  private static final int SHOWN_LABELS = 25;

  /** What can be another one than in training. */
  private static final List<Setting<?>> ROWS = Stream.of(
      List.of(DataSettings.TEXT, LabelSettings.LABEL, DataSettings.ROW_WEIGHT, DataSettings.INPUT_FORMAT,
          DataSettings.SEPARATOR, DataSettings.QUOTE, DataSettings.NO_HEADER,
          DataSettings.ENCODING, DataSettings.MISSING, DataSettings.STRICT),
      PictureSettings.SECTION.rows(), Languages.SECTION.rows(),
      List.of(LabelSettings.HEAD_FROM, LabelSettings.TAIL_TO)).<Setting<?>>flatMap(List::stream).toList();

  private final Terminal terminal;

  @Spec
  private @Nullable CommandSpec spec;

  @Parameters(paramLabel = "MODEL", description = "The model: a directory or an archive.")
  private Path model = Path.of("");

  @Option(names = {"-d", "--data"}, paramLabel = "FILE", required = true, parameterConsumer = CommaSeparated.class,
      description = "Files with labelled rows.")
  private List<String> files = List.of();

  @Option(names = {"-o", "--output"}, paramLabel = "DIR",
      description = "Also write metrics.json and report.html there.")
  private @Nullable Path output;

  @Option(names = "--task", paramLabel = "NAME", description = "Which task of a model that has several.")
  private @Nullable String task;

  @Mixin
  private GuaranteeFlags guarantees = new GuaranteeFlags();

  @Mixin
  private ComputeFlags compute = new ComputeFlags();

  @Option(names = {"-q", "--quiet"}, description = "No progress, only warnings and the tables.")
  private boolean quiet;

  private EvaluateCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  /** The command. */
  static CommandLine line(Terminal terminal) {
    CommandSpec spec = CommandSpec.forAnnotatedObject(new EvaluateCommand(terminal));
    AsInTraining.addTo(spec, ROWS);
    return new CommandLine(spec);
  }

  @Override
  public Integer call() throws IOException {
    requireOutput();
    guarantees.guarantee();
    try (Classifier classifier = ComputeFlags.load(model, task, compute.announced(model, terminal));
        var view = new ProgressView(terminal, quiet)) {
      DataSettings data = ModelSource.read(model, source -> columns(source.taskOrSelf(task)));
      TextInput.requireAsMany(TextColumn.parseAll(data.text()), classifier.columns());
      var test = new LabelledTest(data, view);
      var report = test.run(classifier, "Test of " + model + " on " + String.join(", ", files),
          guarantees.guarantee());
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

  /** Refuses an output that could not be written, or that holds the report of the training. */
  private void requireOutput() throws IOException {
    if (output == null || !Files.exists(output)) {
      return;
    }
    if (!Files.isDirectory(output)) {
      throw new UserError(output + " is a file, not a folder: choose another --output");
    }
    if (Files.exists(model) && Files.isSameFile(output, model)) {
      throw new UserError(output + " is the model, which holds the report of its training: choose another --output");
    }
  }

  /** The rows to test on; columns that are not given are those of the training. */
  private DataSettings columns(ModelSource source) throws IOException {
    Map<String, Assignment> given =
        SettingOptions.given(Objects.requireNonNull(spec).commandLine().getParseResult(), ROWS);
    Settings ofFiles = AsInTraining.settings(model, source, given).with(DataSettings.TEST, files);
    // Training may weigh rows by a column that files to test on need not have.
    return new DataSettings(given.containsKey(DataSettings.ROW_WEIGHT.name()) || haveWeights(new DataSettings(ofFiles))
        ? ofFiles : ofFiles.without(DataSettings.ROW_WEIGHT));
  }

  private boolean haveWeights(DataSettings data) {
    Optional<String> weight = data.rowWeight();
    return weight.isPresent() && files.stream().allMatch(file -> {
      Columns columns = Columns.text(TextColumn.names(TextColumn.parseAll(data.text())).toArray(String[]::new));
      DataFile.requireFile(Path.of(file));
      return FileRows.of(Path.of(file), columns, data.fileOptions()).columnNames().contains(weight.get());
    });
  }
}
