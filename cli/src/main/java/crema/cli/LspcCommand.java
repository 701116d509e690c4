package crema.cli;

import crema.base.HeapBound;
import crema.cli.console.Terminal;
import crema.corpus.BuildListener;
import crema.corpus.CorpusBuilder;
import crema.corpus.CorpusOptions;
import crema.corpus.CorpusSplit;
import crema.corpus.CorpusSummary;
import crema.corpus.LspcClasses;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Builds training data from the Large-Scale Product Corpus. */
@Command(
    name = "lspc",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    abbreviateSynopsis = true,
    description = {
        "Builds training, validation and test rows from the Large-Scale Product Corpus V2020 of Web Data Commons: a zip of "
            + ".json.gz members with an offer a line, and a table that maps clusters of offers to classes.",
        "Offers get the class of their cluster; of equal texts one is kept; clusters are dealt out by a hash of their number, "
            + "in each class the same shares of rows, so that no product is in two splits. The files have title, description, "
            + "label and cluster. An interrupted build goes on with the same command, and its files are the same."
    },
    footer = {
        "",
        "Examples:",
        "  crema data lspc --zip lspcV2020.zip --map PDC2020_map.tsv --output data/lspc",
        "  crema data lspc --zip lspcV2020.zip --output data/lspc --full-split full --add-language",
        "  crema data lspc-sample --size 20m --output sample.zip",
        "  crema data lspc --zip sample.zip --output data/sample"
    })
final class LspcCommand implements Callable<Integer>, Crema.Resumable {
  private static final long HEAP = 200L << 20;

  private final Terminal terminal;

  @Option(names = "--zip", paramLabel = "FILE", required = true, description = "The archive.")
  private Path zip = Path.of("");

  @Option(names = {"-o", "--output"}, paramLabel = "DIR", required = true, description = "The folder to write.")
  private Path output = Path.of("");

  @Option(names = "--map", paramLabel = "FILE",
      description = "The table of clusters: lines of a cluster, a tab and its class, or JSON lines with both (default: a "
          + ".tsv in the archive, else PDC2020_map.tsv beside it).")
  private @Nullable Path map;

  @Option(names = "--classes", paramLabel = "NAMES", parameterConsumer = CommaSeparated.class,
      description = "The classes of the table to take (default: the six of the followed system: Automotive, Baby, Books, "
          + "Clothing, Jewelry, Shoes).")
  private List<String> classes = new ArrayList<>();

  @Option(names = "--validation", paramLabel = "SHARE", defaultValue = "0.05",
      description = "The share of rows for validation (default: ${DEFAULT-VALUE}).")
  private double validation;

  @Option(names = "--test", paramLabel = "SHARE", defaultValue = "0.1",
      description = "The share of rows for the test (default: ${DEFAULT-VALUE}).")
  private double test;

  @Option(names = "--seed", paramLabel = "N", defaultValue = "1",
      description = "Deals the clusters out (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(names = "--full-split", paramLabel = "NAME", description = "Also write a file of that name with all rows.")
  private @Nullable String fullSplit;

  @Option(names = "--add-language",
      description = "Add the language of each row: what the offer says, else what is detected in its text.")
  private boolean addLanguage;

  @Option(names = "--skip-damaged",
      description = "Go on without the rest of a member that ends too early (default: end with an error).")
  private boolean skipDamaged;

  @Option(names = "--overwrite", description = "Replace another corpus in the folder if there is one.")
  private boolean overwrite;

  @Option(names = {"-q", "--quiet"}, description = "No progress, only warnings and the table.")
  private boolean quiet;

  LspcCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public String kept() {
    return "give the same command again to go on";
  }

  @Override
  public Integer call() throws IOException {
    CorpusOptions options =
        CorpusOptions.of(zip).withMap(map).withClasses(classes.isEmpty() ? LspcClasses.SIX : classes)
            .withSplits(validation, test, seed, fullSplit);
    options = addLanguage ? options.withLanguages() : options;
    options = skipDamaged ? options.skippingDamaged() : options;
    Optional<CorpusSummary> summary;
    // Garbage is collected before it takes more memory than the work itself.
    try (var view = new View(terminal, quiet); var _ = HeapBound.of(HEAP)) {
      summary = CorpusBuilder.build(options, output, overwrite, view);
    }
    if (summary.isEmpty()) {
      terminal.out().println(output + " holds this corpus already");
      return 0;
    }
    terminal.out().print(summary.get().terminal(terminal.outStyle()));
    terminal.out().println();
    terminal.out()
        .println("Train with: crema train --train " + output.resolve(CorpusSplit.file(CorpusSplit.TRAIN.key()))
            + " --text title,description --label label --group cluster");
    return 0;
  }

  /** Bars of what is read and what is written. */
  private static final class View implements BuildListener, AutoCloseable {
    private final Terminal terminal;
    private final boolean quiet;
    private final CountBar reading;
    private final CountBar writing;

    View(Terminal terminal, boolean quiet) {
      this.terminal = terminal;
      this.quiet = quiet;
      reading = new CountBar(terminal, "Reading offers", CountBar.Unit.BYTES);
      writing = new CountBar(terminal, "Writing rows", CountBar.Unit.ONE);
    }

    @Override
    public void note(String line) {
      terminal.err().println(line);
    }

    @Override
    public void read(long done, long all) {
      if (!quiet) {
        reading.to(done, all);
      }
    }

    @Override
    public void written(long done, long all) {
      reading.close();
      if (!quiet) {
        writing.to(done, all);
      }
    }

    @Override
    public void close() {
      reading.close();
      writing.close();
    }
  }
}
