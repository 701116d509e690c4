package crema.cli;

import crema.audit.Audit;
import crema.audit.AuditOptions;
import crema.audit.AuditReport;
import crema.audit.AuditRows;
import crema.base.UserError;
import crema.cli.console.Terminal;
import crema.data.ProblemListener;
import crema.data.ProblemLog;
import crema.run.DataSettings;
import crema.settings.Setting;
import crema.settings.Settings;
import crema.task.LabelSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
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

/** Finds wrong labels in rows, and what to label next. */
@Command(
    name = "audit",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    abbreviateSynopsis = true,
    description = {
        "Finds rows whose labels are probably wrong, rows of nearly the same text with other labels, labels that are taken "
            + "for each other, and which rows without a label are worth one.",
        "No model is needed: rows are judged by fast linear models that were trained on the others."
    },
    footer = {
        "",
        "Examples:",
        "  crema audit offers.csv --text title --label category",
        "  crema audit offers.csv --text title --label category --group cluster_id --output reports/audit",
        "  crema audit goods.tsv --text name --label path --target taxonomy --next 50",
        "  crema audit --config products.yaml"
    })
final class AuditCommand implements Callable<Integer> {
  private static final int SHOWN = 10;

  /** How rows are read. */
  private static final List<Setting<?>> ROWS = List.of(DataSettings.TEXT, DataSettings.JOINER,
      DataSettings.RECIPE, DataSettings.DROP,
      LabelSettings.LABEL, LabelSettings.TARGET,
      LabelSettings.LABEL_SEPARATOR, LabelSettings.PATH_SEPARATOR, LabelSettings.ONE_HOT, DataSettings.GROUP,
      DataSettings.INPUT_FORMAT, DataSettings.SEPARATOR, DataSettings.QUOTE, DataSettings.NO_HEADER,
      DataSettings.ENCODING,
      DataSettings.MISSING, DataSettings.STRICT);

  private final Terminal terminal;

  @Spec
  private @Nullable CommandSpec spec;

  @Parameters(paramLabel = "DATA", arity = "0..*",
      description = "Files with rows (default: those that --config trains on).")
  private List<String> files = List.of();

  @Mixin
  private ConfigFlag config = new ConfigFlag();

  @Mixin
  private ReportFolder output = new ReportFolder();

  @Option(names = "--folds", paramLabel = "K", defaultValue = "5",
      description = "Into how many parts rows are dealt; each is judged by a model of the others (default: ${DEFAULT-VALUE}).")
  private int folds = AuditOptions.DEFAULTS.folds();

  @Option(names = "--seed", paramLabel = "N", defaultValue = "1",
      description = "Deals rows out (default: ${DEFAULT-VALUE}).")
  private long seed = AuditOptions.DEFAULTS.seed();

  @Option(names = "--similarity", paramLabel = "X", defaultValue = "0.9",
      description = "From this cosine on two texts are nearly the same (default: ${DEFAULT-VALUE}).")
  private double similarity = AuditOptions.DEFAULTS.similarity();

  @Option(names = "--next", paramLabel = "N", defaultValue = "100",
      description = "How many rows without a label to choose to be labelled next (default: ${DEFAULT-VALUE}).")
  private int next = AuditOptions.DEFAULTS.next();

  @Option(names = {"-t", "--threads"}, paramLabel = "N",
      description = "Threads, on which the result does not depend (default: all processors).")
  private @Nullable Integer threads;

  @Option(names = {"-q", "--quiet"}, description = "No progress, only warnings and the tables.")
  private boolean quiet;

  private AuditCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  /** The command. */
  static CommandLine line(Terminal terminal) {
    CommandSpec spec = CommandSpec.forAnnotatedObject(new AuditCommand(terminal));
    Settings defaults = Settings.of(DataSettings.SECTION, LabelSettings.SECTION);
    ROWS.forEach(row -> spec
        .addOption(SettingOptions.option(row, SettingOptions.description(row, defaults.shownDefault(row)))));
    return new CommandLine(spec);
  }

  @Override
  public Integer call() throws IOException {
    if (threads != null && threads < 1) {
      throw new UserError("--threads must be at least 1");
    }
    Path folder = output.checked();
    var options = new AuditOptions(folds, seed, similarity, next,
        threads == null ? AuditOptions.DEFAULTS.threads() : threads);
    Settings settings = settings();
    new DataSettings(settings).fetch(RowFiles.source(terminal));
    try (var view = new ProgressView(terminal, quiet)) {
      view.stage("Reading the data");
      var problems = new ProblemLog();
      AuditRows rows;
      try {
        rows = AuditRows.read(settings, new DataSettings(settings).isStrict() ? ProblemListener.STRICT : problems);
      } finally {
        problems.report().forEach(view::warning);
      }
      Audit audit = Audit.of(rows, options, view);
      view.close();
      var report = new AuditReport(audit, "Audit of " + String.join(", ", settings.get(DataSettings.TRAIN)));
      report.write(folder);
      terminal.out().print(report.terminal(terminal.outStyle(), SHOWN));
      terminal.out().println();
      terminal.out().println("Report: " + folder.resolve(AuditReport.PAGE) + "   Corrections: "
          + folder.resolve(AuditReport.CORRECTIONS));
    }
    return 0;
  }

  private Settings settings() throws IOException {
    return ConfigFlag.rows(config.given(Objects.requireNonNull(spec), ROWS), files, "rows").checked();
  }
}
