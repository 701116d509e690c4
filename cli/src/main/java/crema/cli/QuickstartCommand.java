package crema.cli;

import crema.classify.Classifier;
import crema.classify.ModelDirectory;
import crema.classify.ModelFamily;
import crema.classify.RunContext;
import crema.cli.console.Terminal;
import crema.data.ProductTitles;
import crema.family.encoder.EncoderFamily;
import crema.family.encoder.EncoderSettings;
import crema.family.encoder.OptimizationSettings;
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

/** Trains a small model on the data that comes with Crema, and shows what it can do. */
@Command(
    name = "quickstart",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    abbreviateSynopsis = true,
    description = {
        "Trains a small encoder on 35,311 product titles that come with Crema, and tries it.",
        "It is tested on products that it has never seen. Takes about a minute on two processors."
    },
    footer = {"", "Example:", "  crema quickstart"})
final class QuickstartCommand implements Callable<Integer> {
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
    // Its own earlier result may go; anything else in the way is the user's.
    boolean own = directory.holdsRun() && ModelFamily.ofRun(directory) instanceof EncoderFamily
        && ModelFamily.settingsOf(directory).get(DataSettings.TRAIN).equals(settings.get(DataSettings.TRAIN));
    directory.prepareForRun(own);
    if (!quiet) {
      terminal.err().println("Data: " + ProductTitles.ATTRIBUTION);
    }
    int code = new TrainingSession(terminal, quiet).run(new EncoderFamily(), settings,
        RunContext.in(directory).withCompute(compute.options())
            .withCommandLine(List.of("crema", "quickstart", "--seed", Long.toString(seed))));
    if (code == 0) {
      showPredictions();
    }
    return code;
  }

  private static Settings settings(long seed) {
    return new EncoderFamily().settings()
        .with(DataSettings.TRAIN, DataSettings.PRODUCT_TITLES).with(DataSettings.TEXT, "title")
        .with(LabelSettings.LABEL, "category").with(DataSettings.GROUP, "cluster_id")
        .with(DataSettings.LOWERCASE, true)
        .with(EncoderSettings.VOCABULARY_SIZE, 8000).with(EncoderSettings.MAX_LENGTH, 64)
        .with(EncoderSettings.HIDDEN_SIZE, 128).with(EncoderSettings.LAYERS, 4).with(EncoderSettings.HEADS, 4)
        .with(EncoderSettings.FFN_SIZE, 384)
        .with(TrainingSettings.EPOCHS, 2).with(TrainingSettings.LEARNING_RATE, 1.5e-3)
        .with(OptimizationSettings.BATCH_TOKENS, 1024).with(OptimizationSettings.BETA2, 0.99)
        .with(OptimizationSettings.WARMUP, 50).with(OptimizationSettings.MIN_SCALE, 0.05)
        .with(TrainingSettings.SEED, seed);
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
