package crema.cli;

import crema.base.HeapBound;
import crema.base.UserError;
import crema.cli.console.Terminal;
import crema.corpus.Discovery;
import crema.corpus.DiscoveryReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Explores a file. */
@Command(
    name = "discover",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    abbreviateSynopsis = true,
    description = {
        "Explores a file whose content is not known: a zip archive with its members, JSON lines or an array, CSV or TSV, also "
            + "compressed with gzip or Zstandard.",
        "Tells the members, the fields of rows with their types, how much is filled in and examples, and rows by label and "
            + "language. The file is read once as a stream; memory is bounded for any number of rows, fields and values."
    },
    footer = {
        "",
        "Examples:",
        "  crema data discover lspcV2020.zip",
        "  crema data discover offers.json.gz --rows 100000 --output reports/offers",
        "  crema data discover titles.csv --label category"
    })
final class DiscoverCommand implements Callable<Integer> {
  private static final int SHOWN = 25;
  private static final long HEAP = 200L << 20;

  private final Terminal terminal;

  @Parameters(paramLabel = "FILE", description = "The file.")
  private Path file = Path.of("");

  @Mixin
  private ReportFolder output = new ReportFolder();

  @Option(names = "--label", paramLabel = "FIELD",
      description = "The field that holds the label (default: one that is called so, or the class by a table of clusters).")
  private @Nullable String label;

  @Option(names = "--rows", paramLabel = "N", defaultValue = "0",
      description = "Read so many rows of each member at most; 0 for all (default: ${DEFAULT-VALUE}).")
  private long rows;

  @Option(names = "--language-every", paramLabel = "N", defaultValue = "50",
      description = "Detect the language of every N-th row, where no field says it (default: ${DEFAULT-VALUE}).")
  private int languageEvery;

  @Option(names = {"-q", "--quiet"}, description = "No progress, only the tables.")
  private boolean quiet;

  DiscoverCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    if (rows < 0 || languageEvery < 0) {
      throw new UserError("--rows and --language-every must be at least 0");
    }
    Path folder = output.checked();
    Discovery found;
    try (var bar = new CountBar(terminal, "Reading", CountBar.Unit.BYTES); var _ = HeapBound.of(HEAP)) {
      found = Discovery.of(file, new Discovery.Options(label, rows, languageEvery), (done, all) -> {
        if (!quiet) {
          bar.to(done, all);
        }
      });
    }
    var report = new DiscoveryReport(found);
    report.write(folder);
    terminal.out().print(report.terminal(terminal.outStyle(), SHOWN));
    terminal.out().println();
    terminal.out().println("Report: " + folder.resolve(DiscoveryReport.PAGE));
    return 0;
  }
}
