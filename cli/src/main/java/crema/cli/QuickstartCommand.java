package crema.cli;

import crema.classify.Classifier;
import crema.classify.ModelDirectory;
import crema.classify.ModelFamily;
import crema.classify.RunContext;
import crema.cli.console.Terminal;
import crema.data.ProductTitles;
import crema.family.stack.AutoFamily;
import crema.family.stack.AutoSettings;
import crema.family.stack.StackSettings;
import crema.run.DataSettings;
import crema.run.TrainingSettings;
import crema.settings.Settings;
import crema.task.LabelSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Trains small models on the data that comes with Crema, joins them, and shows what the result can do. */
@Command(
    name = "quickstart",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    abbreviateSynopsis = true,
    description = {
        "Trains a linear model and a small encoder on 35,311 product titles that come with Crema, compares them,",
        "joins them, and tries the result, which is tested on products that it has never seen. Takes half a minute",
        "on two processors, and hardly more than two on any."
    },
    footer = {"", "Example:", "  crema quickstart"})
final class QuickstartCommand implements Callable<Integer>, Crema.Trains {
  private static final List<String> TITLES = List.of(
      "bosch serie 6 freestanding washing machine 9kg 1400rpm white",
      "Sony Alpha a7 III mirrorless body with 28-70mm lens",
      "amd ryzen 5 5600x 3.7ghz socket am4 boxed");

  private final Terminal terminal;

  @Option(names = {"-o", "--output"}, paramLabel = "DIR", defaultValue = "models/quickstart",
      description = "The model directory to write (default: ${DEFAULT-VALUE}).")
  private Path output = Path.of("");

  @Mixin
  private ComputeFlags compute = new ComputeFlags();

  @Option(names = "--seed", paramLabel = "N", defaultValue = "1",
      description = "Of everything random (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(names = {"-q", "--quiet"}, description = "No progress, only warnings and results.")
  private boolean quiet;

  QuickstartCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    var directory = new ModelDirectory(output);
    Settings settings = settings(seed);
    if (!quiet) {
      terminal.err().println("Data: " + ProductTitles.ATTRIBUTION);
    }
    var family = new AutoFamily();
    int code = TrainCommand.start(new TrainingSession(terminal, quiet), family, settings,
        RunContext.in(directory).withCompute(compute.options())
            .withCommandLine(List.of("crema", "quickstart", "--seed", Long.toString(seed))),
        Settings.of(CommandSettings.SECTION).with(CommandSettings.MODEL, family.key()), isOwn(directory));
    if (code == 0) {
      showPredictions();
    }
    return code;
  }

  /** Its own earlier result may go, of whatever family; anything else in the way is the user's. */
  private static boolean isOwn(ModelDirectory directory) throws IOException {
    return directory.holdsRun()
        && ModelFamily.settingsOf(directory).get(DataSettings.TRAIN).equals(List.of(DataSettings.PRODUCT_TITLES));
  }

  /** Two members, which take far less than the budget, so that their list ends at the same place on all machines. */
  private static Settings settings(long seed) {
    return new AutoFamily().settings()
        .with(DataSettings.TRAIN, DataSettings.PRODUCT_TITLES).with(DataSettings.TEXT, "title")
        .with(LabelSettings.LABEL, "category").with(DataSettings.GROUP, "cluster_id")
        .with(AutoSettings.MEMBERS, "words", "encoder").with(StackSettings.FOLDS, 2)
        .with(AutoSettings.TIME_BUDGET, "2m").with(TrainingSettings.SEED, seed);
  }

  private void showPredictions() {
    terminal.out().println();
    terminal.out().println("Three titles that it has never seen:");
    try (Classifier classifier = Classifier.load(output, compute.options())) {
      var predictions = classifier.predict(TITLES, 1);
      for (int i = 0; i < TITLES.size(); i++) {
        var best = predictions.get(i).getFirst();
        terminal.out().println(String.format(Locale.ROOT, "  %-16s %5.1f%%  %s", best.label(),
            best.probability() * 100, TITLES.get(i)));
      }
    }
    terminal.out().println();
    terminal.out().println("Next:");
    terminal.out().println("  ./crema predict " + output + " \"your own title\"");
    terminal.out().println("  ./crema train --train your.csv --text title --label category --output models/yours");
    terminal.out().println("  ./crema train --help");
  }
}
