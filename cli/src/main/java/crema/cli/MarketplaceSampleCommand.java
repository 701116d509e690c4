package crema.cli;

import crema.base.FileTree;
import crema.base.UserError;
import crema.cli.console.Terminal;
import crema.corpus.marketplace.MarketplaceSample;
import crema.data.ProductTitles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Makes up products of a marketplace. */
@Command(
    name = "marketplace-sample",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    abbreviateSynopsis = true,
    description = {
        "Makes up products of a marketplace to try models of texts and pictures on: JSON lines as a marketplace exports "
            + "them, with titles that come with Crema, and drawn pictures.",
        "Of 20 categories, 4 can be told by picture alone and 4 by text alone. 30%% of the texts and 30%% of the pictures "
            + "say nothing or something wrong, and 15%% of the products lack one of the two. categories.tsv says which "
            + "category is told by what. The same options make the same files."
    },
    footer = {"", "Example:", "  crema data marketplace-sample --output products"})
final class MarketplaceSampleCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Option(names = {"-o", "--output"}, paramLabel = "DIR", required = true, description = "The folder to write.")
  private Path output = Path.of("");

  @Option(names = "--records", paramLabel = "N", defaultValue = "8000",
      description = "Products in all: 70%% to train on, 10%% to validate, 20%% to test (default: ${DEFAULT-VALUE}).")
  private int records;

  @Option(names = "--picture-size", paramLabel = "PIXELS", defaultValue = "48",
      description = "The side of a picture (default: ${DEFAULT-VALUE}).")
  private int pictureSize;

  @Option(names = "--seed", paramLabel = "N", defaultValue = "1",
      description = "Of everything random (default: ${DEFAULT-VALUE}).")
  private long seed;

  MarketplaceSampleCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    var sample = new MarketplaceSample(records, seed, pictureSize);
    if (!FileTree.isFree(output)) {
      throw new UserError(output + " exists already: choose another --output");
    }
    terminal.err().println("Titles: " + ProductTitles.ATTRIBUTION);
    try (var bar = new CountBar(terminal, "Drawing", CountBar.Unit.ONE)) {
      FileTree.write(output, folder -> sample.write(folder, done -> bar.to(done, records)));
    }
    terminal.out().printf(Locale.ROOT, "%,d products in %s%n", records, output);
    return 0;
  }
}
