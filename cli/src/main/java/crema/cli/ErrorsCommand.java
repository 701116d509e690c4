package crema.cli;

import crema.audit.ErrorAnalysis;
import crema.audit.ErrorReport;
import crema.base.UserError;
import crema.classify.Classifier;
import crema.classify.ComputeOptions;
import crema.classify.ModelSource;
import crema.cli.console.Terminal;
import crema.data.TextColumn;
import crema.run.DataSettings;
import crema.run.PictureSettings;
import crema.settings.Assignment;
import crema.settings.Setting;
import crema.settings.Settings;
import crema.task.LabelSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows what a model answers wrongly. */
@Command(
    name = "errors",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    abbreviateSynopsis = true,
    description = {
        "Shows what a model answers wrongly, in groups: rows that are probably mislabelled, near misses, gross errors; and "
            + "by pairs of labels.",
        "The rows should be others than those of the training. With --train, the most similar rows of the training stand "
            + "beside each."
    },
    footer = {
        "",
        "Examples:",
        "  crema errors models/titles --data test.csv",
        "  crema errors models/titles --data test.csv --train offers.csv --nearest 3 --output reports/errors"
    })
final class ErrorsCommand implements Callable<Integer> {
  private static final int SHOWN = 10;

  /** What can be another one than in training. */
  private static final List<Setting<?>> ROWS = List.of(DataSettings.TEXT,
      PictureSettings.IMAGE, PictureSettings.IMAGE_ROOT, LabelSettings.LABEL,
      DataSettings.INPUT_FORMAT, DataSettings.SEPARATOR, DataSettings.QUOTE, DataSettings.NO_HEADER,
      DataSettings.ENCODING, DataSettings.MISSING,
      DataSettings.STRICT);

  private final Terminal terminal;

  @Spec
  private @Nullable CommandSpec spec;

  @Parameters(paramLabel = "MODEL", description = "The model: a directory or an archive.")
  private Path model = Path.of("");

  @Option(names = {"-d", "--data"}, paramLabel = "FILE", required = true, parameterConsumer = CommaSeparated.class,
      description = "Files with labelled rows.")
  private List<String> files = List.of();

  @Option(names = "--train", paramLabel = "FILE", parameterConsumer = CommaSeparated.class,
      description = "Files with rows of the training, to show the most similar ones beside wrong answers.")
  private List<String> training = List.of();

  @Option(names = "--nearest", paramLabel = "K", defaultValue = "3",
      description = "How many rows of the training for each wrong answer (default: ${DEFAULT-VALUE}).")
  private int nearest = 3;

  @Mixin
  private ReportFolder output = new ReportFolder();

  @Option(names = "--task", paramLabel = "NAME", description = "Which task of a model that has several.")
  private @Nullable String task;

  @Mixin
  private ComputeFlags compute = new ComputeFlags();

  @Option(names = {"-q", "--quiet"}, description = "No progress, only warnings and the tables.")
  private boolean quiet;

  private ErrorsCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  /** The command. */
  static CommandLine line(Terminal terminal) {
    CommandSpec spec = CommandSpec.forAnnotatedObject(new ErrorsCommand(terminal));
    AsInTraining.addTo(spec, ROWS);
    return new CommandLine(spec);
  }

  @Override
  public Integer call() throws IOException {
    if (nearest < 1) {
      throw new UserError("--nearest must be at least 1");
    }
    Path folder = output.checked();
    ComputeOptions options = compute.announced(model, terminal);
    try (Classifier classifier = ComputeFlags.load(model, task, options);
        var view = new ProgressView(terminal, quiet)) {
      Settings settings = ModelSource.read(model, source -> settings(source.taskOrSelf(task)));
      TextInput.requireAsMany(TextColumn.parseAll(settings.get(DataSettings.TEXT)), classifier.columns());
      DataSettings.requireFiles(training);
      ErrorAnalysis errors = ErrorAnalysis.of(classifier, settings, training, nearest, options.threads(), view);
      view.stage("Explaining");
      var report =
          new ErrorReport(errors, classifier, "Wrong answers of " + model + " on " + String.join(", ", files));
      report.write(folder);
      view.close();
      terminal.out().print(report.terminal(terminal.outStyle(), SHOWN));
      terminal.out().println();
      terminal.out().println("Report: " + folder.resolve(ErrorReport.PAGE) + "   Rows: "
          + folder.resolve(ErrorReport.ROWS));
    }
    return 0;
  }

  private Settings settings(ModelSource source) throws IOException {
    Map<String, Assignment> given =
        SettingOptions.given(Objects.requireNonNull(spec).commandLine().getParseResult(), ROWS);
    // Rows need no weights here, and no groups.
    return AsInTraining.settings(model, source, given).without(DataSettings.ROW_WEIGHT).without(DataSettings.GROUP)
        .with(DataSettings.TRAIN, files);
  }
}
