package crema.cli;

import crema.base.UserError;
import crema.cli.console.Terminal;
import crema.corpus.SampleArchive;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Makes an archive in the layout of the Large-Scale Product Corpus. */
@Command(
    name = "lspc-sample",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    abbreviateSynopsis = true,
    description = {
        "Makes an archive of invented offers in the layout of the Large-Scale Product Corpus V2020, of any size: to try "
            + "'crema data lspc' and 'crema data discover' without the corpus, and to measure them.",
        "It has offers of one product in several members, equal texts, products of other classes and of none, five languages, "
            + "and lines that are no offers. The same size and seed make the same archive."
    },
    footer = {
        "",
        "Examples:",
        "  crema data lspc-sample --size 20m --output sample.zip",
        "  crema data lspc-sample --size 5g --output large.zip --seed 7"
    })
final class LspcSampleCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Option(names = {"-o", "--output"}, paramLabel = "FILE", required = true, description = "The archive to write.")
  private Path output = Path.of("");

  @Option(names = "--size", paramLabel = "SIZE", converter = HubFlags.Bytes.class, defaultValue = "20MB",
      description = "About how large it shall be, such as 300KB or 5GB (default: ${DEFAULT-VALUE}).")
  private long size;

  @Option(names = "--seed", paramLabel = "N", defaultValue = "1",
      description = "Chooses one of the possible archives (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(names = {"-t", "--threads"}, paramLabel = "N",
      description = "Threads, on which the archive does not depend (default: all processors).")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(names = "--overwrite", description = "Replace the file if it is there.")
  private boolean overwrite;

  LspcSampleCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    if (threads < 1) {
      throw new UserError("--threads must be at least 1");
    }
    if (Files.exists(output) && !overwrite) {
      throw new UserError(output + " exists already: choose another --output, or replace it with --overwrite");
    }
    var archive = new SampleArchive(size, seed);
    try (var bar = new CountBar(terminal, "Making offers", CountBar.Unit.ONE)) {
      archive.write(output, threads, bar::to);
    }
    terminal.out().println(String.format(Locale.ROOT,
        "Wrote %,d offers to %s (%,d bytes)", archive.offers(), output, Files.size(output)));
    return 0;
  }
}
