package crema.cli;

import crema.base.AtomicFile;
import crema.base.UserError;
import crema.classify.ComputeOptions;
import crema.cli.console.Terminal;
import crema.metrics.Metric;
import crema.report.ComparedRun;
import crema.report.RunComparison;
import crema.run.TrainingSettings;
import crema.settings.Assignment;
import crema.settings.Section;
import crema.settings.Setting;
import crema.settings.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Trains by every config in a folder and compares what comes out. */
@Command(
    name = "experiment",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
        "Trains by every config (*.yaml) in a folder and compares the results in one table: here, as Markdown and as a page.",
        "Runs that are finished are skipped, an interrupted one goes on: give the same command again."
    },
    footer = {
        "",
        "_defaults.yaml in the folder is shared by all its configs; _experiment.yaml holds options of this command. A config",
        "that sets 'seed' runs with that one only.",
        "",
        "Examples:",
        "  crema experiment experiments/reuters --data data/reuters",
        "  crema experiment my-experiment --seeds 1,2,3 --baseline plain --metric macro_f1"
    })
final class ExperimentCommand implements Callable<Integer>, SettingOptions.Command, Crema.Trains {
  private static final String DEFAULTS = "_defaults.yaml";
  private static final String EXPERIMENT = "_experiment.yaml";
  private static final long SECONDS_TO_SAVE = 130;

  private static final Section SECTION = Section.of("Experiment");
  private static final Setting<String> OUTPUT = SECTION.optionalFile("output").alias("-o").label("DIR")
      .shownDefault("runs/ and the folder's name").help("Where models and the comparison are written");
  private static final Setting<String> DATA = SECTION.optionalFile("data").label("DIR")
      .shownDefault("as the configs say").help("Where the data files are");
  private static final Setting<List<Long>> SEEDS = SECTION.longIntegers("seeds", List.of(1L)).help("A run for each");
  private static final Setting<List<String>> ONLY = SECTION.texts("only").label("NAME").shownDefault("all")
      .help("Only these configs");
  private static final Setting<String> BASELINE = SECTION.optionalText("baseline").label("NAME")
      .shownDefault("the one with the best metric").help("The config that others are tested against");
  private static final Setting<Metric> METRIC = SECTION.choice("metric", Metric.MACRO_F1).label("NAME")
      .help("What the best has most of, and what is tested");
  private static final Setting<Integer> THREADS = SECTION.optionalInteger("threads").atLeast(1)
      .shownDefault("all processors").help("Threads to compute with; the results do not depend on it");
  private static final Setting<Boolean> QUIET = SECTION.flag("quiet").alias("-q")
      .help("No progress, only mistakes and the table");

  private final Terminal terminal;

  @Spec
  private @Nullable CommandSpec spec;

  @Parameters(paramLabel = "DIR", description = "The folder with the configs.")
  private Path folder = Path.of("");

  private Settings settings = Settings.of(SECTION);

  /** The run that is at work. */
  private volatile @Nullable ExperimentRun running;

  private ExperimentCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  /** The command. */
  static CommandLine line(Terminal terminal) {
    CommandSpec spec = CommandSpec.forAnnotatedObject(new ExperimentCommand(terminal));
    Settings defaults = Settings.of(SECTION);
    SECTION.rows().forEach(row -> spec.addOption(SettingOptions.option(row, row.help()
        + (defaults.shownDefault(row).isEmpty() ? "." : " (default: " + defaults.shownDefault(row) + ")."))));
    return new CommandLine(spec);
  }

  @Override
  public Collection<Setting<?>> rows() {
    return SECTION.rows();
  }

  @Override
  public Integer call() throws IOException {
    Path own = folder.resolve(EXPERIMENT);
    settings = GivenSettings.of(Objects.requireNonNull(spec).commandLine().getParseResult(), rows(),
        Files.exists(own) ? List.of(own) : List.of()).over(settings);
    Metric tested = settings.get(METRIC);
    List<ExperimentRun> runs = runs();
    var saved = new CountDownLatch(1);
    // Ctrl-C lets the run save a checkpoint; the JVM waits until its time is noted, too.
    var hook = new Thread(() -> end(saved), "crema-experiment-on-exit");
    if (!TrainingSession.addHook(hook)) {
      return interrupted();
    }
    try {
      int code = train(runs);
      if (code != TrainingSession.INTERRUPTED) {
        compare(runs, tested);
      }
      return code;
    } finally {
      terminal.out().flush();
      saved.countDown();
      TrainingSession.removeHook(hook);
    }
  }

  /** Ends the run that is at work when the process does. */
  private void end(CountDownLatch saved) {
    try {
      if (saved.await(TrainingSession.MILLIS_TO_STOP, TimeUnit.MILLISECONDS)) {
        return;
      }
      ExperimentRun run = running;
      if (run != null && run.lastMessage().equals(TrainingSession.SAVING)) {
        terminal.err().println("crema: " + TrainingSession.SAVING);
        saved.await(SECONDS_TO_SAVE, TimeUnit.SECONDS);
      } else {
        interrupted();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      // The log of the run cannot be read: there is nothing to wait for.
      interrupted();
    }
  }

  private int interrupted() {
    terminal.err().println("crema: interrupted; give the same command again to go on");
    return TrainingSession.INTERRUPTED;
  }

  private Path output() {
    return settings.find(OUTPUT).map(Path::of)
        .orElseGet(() -> Path.of("runs").resolve(folder.toAbsolutePath().normalize().getFileName()));
  }

  /** The runs, config by config in the order of their names, and seed by seed. */
  private List<ExperimentRun> runs() throws IOException {
    Map<String, Path> configs = configs();
    List<String> only = settings.get(ONLY);
    String baseline = settings.find(BASELINE).orElse(null);
    for (String name : only) {
      if (!configs.containsKey(name)) {
        throw new UserError("--only: there is no " + folder.resolve(name + ".yaml"));
      }
    }
    if (baseline != null && !configs.containsKey(baseline)) {
      throw new UserError("--baseline: there is no " + folder.resolve(baseline + ".yaml"));
    }
    int threads = settings.find(THREADS).orElse(ComputeOptions.DEFAULT.threads());
    var more = new ArrayList<>(List.of("--threads", Integer.toString(threads)));
    settings.find(DATA)
        .ifPresent(data -> more.addAll(List.of("--data", Path.of(data).toAbsolutePath().normalize().toString())));
    Path defaults = folder.resolve(DEFAULTS);
    var runs = new ArrayList<ExperimentRun>();
    if (!only.isEmpty()) {
      configs.keySet().retainAll(only);
    }
    for (var entry : configs.entrySet()) {
      String name = entry.getKey();
      Path config = entry.getValue();
      List<Path> files = Files.exists(defaults) ? List.of(defaults, config) : List.of(config);
      for (long seed : seeds(config)) {
        runs.add(new ExperimentRun(name, files, seed, more, output().resolve(name)));
      }
    }
    return runs;
  }

  private Map<String, Path> configs() throws IOException {
    if (!Files.isDirectory(folder)) {
      throw new UserError(folder + " is not a folder with configs");
    }
    var configs = new TreeMap<String, Path>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString();
        if (name.endsWith(".yaml") && !name.startsWith("_")) {
          configs.put(name.substring(0, name.length() - ".yaml".length()), file);
        }
      }
    }
    if (configs.isEmpty()) {
      throw new UserError(folder + " has no configs: it needs at least one file whose name ends in .yaml");
    }
    return configs;
  }

  /**
   * The seed that a config sets itself, otherwise those of the experiment. A config that is damaged fails when it runs.
   */
  private List<Long> seeds(Path config) throws IOException {
    try {
      Assignment own = ConfigFile.read(config).get(TrainingSettings.SEED.name());
      return own == null ? settings.get(SEEDS)
          : List.of(Settings.of(TrainingSettings.SECTION).with(own).get(TrainingSettings.SEED));
    } catch (UserError e) {
      return settings.get(SEEDS).subList(0, 1);
    }
  }

  private int train(List<ExperimentRun> runs) throws IOException {
    int worst = 0;
    long began = System.nanoTime();
    int trained = 0;
    for (int i = 0; i < runs.size(); i++) {
      ExperimentRun run = runs.get(i);
      String which = "[" + (i + 1) + "/" + runs.size() + "] " + run.name() + ", seed " + run.seed();
      if (run.isFinished()) {
        tell(which + ": finished before");
        continue;
      }
      tell(which + " ..." + timeLeft(trained, runs.size() - i, began));
      running = run;
      int code = run.train();
      trained++;
      if (code == TrainingSession.INTERRUPTED) {
        return interrupted();
      }
      if (code != 0) {
        terminal.err().println("crema: " + run.name() + ", seed " + run.seed() + ": " + run.lastMessage()
            + " (see " + run.log() + ")");
        worst = worst == Crema.BUG ? worst : code;
      }
    }
    return worst;
  }

  private static String timeLeft(int trained, int left, long began) {
    return trained == 0 ? ""
        : " about " + ProgressView.words(Duration.ofNanos((System.nanoTime() - began) / trained * left)) + " left";
  }

  private void tell(String message) {
    if (!settings.get(QUIET)) {
      terminal.err().println(message);
    }
  }

  private void compare(List<ExperimentRun> runs, Metric tested) throws IOException {
    var results = new ArrayList<ComparedRun>();
    var failures = new ArrayList<RunComparison.Failure>();
    for (ExperimentRun run : runs) {
      if (run.isFinished()) {
        results.add(run.result());
      } else {
        failures.add(new RunComparison.Failure(run.name(), run.seed(), run.lastMessage()));
      }
    }
    if (results.isEmpty()) {
      return;
    }
    String baseline = settings.find(BASELINE).orElse(null);
    boolean hasBaseline = results.stream().anyMatch(run -> run.name().equals(baseline));
    RunComparison comparison = RunComparison.of("Experiment " + folder.toAbsolutePath().normalize().getFileName(),
        results, hasBaseline ? baseline : null, tested).withFailures(failures);
    Path markdown = output().resolve("comparison.md");
    Path page = output().resolve("comparison.html");
    AtomicFile.writeText(markdown, comparison.markdown());
    AtomicFile.writeText(page, comparison.html());
    terminal.out().print(comparison.terminal(terminal.outStyle()));
    terminal.out().println();
    terminal.out().println("Table: " + markdown + "   Page: " + page);
  }
}
