package crema.cli;

import crema.base.AtomicFile;
import crema.base.Keyed;
import crema.base.UserError;
import crema.cli.ConfigFile.Setting;
import crema.metrics.Metric;
import crema.report.ComparedRun;
import crema.report.RunComparison;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParseResult;

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
final class ExperimentCommand implements Callable<Integer>, Configurable {
  private static final String DEFAULTS = "_defaults.yaml";
  private static final String EXPERIMENT = "_experiment.yaml";
  private static final long SECONDS_TO_SAVE = 130;

  private final Terminal terminal;

  @Parameters(paramLabel = "DIR", description = "The folder with the configs.")
  private Path folder = Path.of("");

  @Option(names = {"-o", "--output"}, paramLabel = "DIR",
      description = "Where models and the comparison are written (default: runs/ and the folder's name).")
  private @Nullable Path output;

  @Option(names = "--data", paramLabel = "DIR", description = "Where the data files are (default: as the configs say).")
  private @Nullable Path data;

  @Option(names = "--seeds", split = ",", paramLabel = "N", description = "A run for each (default: 1).")
  private List<Long> seeds = List.of(1L);

  @Option(names = "--only", split = ",", paramLabel = "NAME", description = "Only these configs (default: all).")
  private List<String> only = List.of();

  @Option(names = "--baseline", paramLabel = "NAME",
      description = "The config that others are tested against (default: the one with the best metric).")
  private @Nullable String baseline;

  @Option(names = "--metric", paramLabel = "NAME", defaultValue = "macro_f1",
      description = "What the best has most of, and what is tested: accuracy, micro_f1, macro_f1 (default: ${DEFAULT-VALUE}).")
  private String metric = "macro_f1";

  @Option(names = "--threads", paramLabel = "N",
      description = "Threads to compute with (default: all processors). The results do not depend on it.")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(names = {"-q", "--quiet"}, description = "No progress, only mistakes and the table.")
  private boolean quiet;

  ExperimentCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public List<Path> configs(ParseResult given) {
    Path own = given.matchedPositionalValue(0, Path.of("")).resolve(EXPERIMENT);
    return Files.exists(own) ? List.of(own) : List.of();
  }

  @Override
  public Integer call() throws IOException {
    Metric tested = metric();
    List<ExperimentRun> runs = runs();
    var saved = new CountDownLatch(1);
    // Ctrl-C lets the run save a checkpoint; the JVM waits until its time is noted, too.
    var hook = new Thread(() -> await(saved), "crema-experiment-on-exit");
    Runtime.getRuntime().addShutdownHook(hook);
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

  private static void await(CountDownLatch saved) {
    try {
      saved.await(SECONDS_TO_SAVE, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Metric metric() {
    return Keyed.find(Metric.class, metric, "--metric");
  }

  private Path output() {
    return output == null ? Path.of("runs").resolve(folder.toAbsolutePath().normalize().getFileName()) : output;
  }

  /** The runs, config by config in the order of their names, and seed by seed. */
  private List<ExperimentRun> runs() throws IOException {
    Map<String, Path> configs = configs();
    for (String name : only) {
      if (!configs.containsKey(name)) {
        throw new UserError("--only: there is no " + folder.resolve(name + ".yaml"));
      }
    }
    if (baseline != null && !configs.containsKey(baseline)) {
      throw new UserError("--baseline: there is no " + folder.resolve(baseline + ".yaml"));
    }
    var more = new ArrayList<>(List.of("--threads", Integer.toString(threads)));
    if (data != null) {
      more.addAll(List.of("--data", data.toAbsolutePath().normalize().toString()));
    }
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
      Setting own = ConfigFile.read(config).get("seed");
      return own == null ? seeds : List.of(Long.parseLong(own.values().getFirst()));
    } catch (UserError | NumberFormatException e) {
      return seeds.subList(0, 1);
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
      int code = run.train();
      trained++;
      if (code == TrainingSession.INTERRUPTED) {
        terminal.err().println("crema: interrupted; give the same command again to go on");
        return code;
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
    if (!quiet) {
      terminal.err().println(message);
    }
  }

  private void compare(List<ExperimentRun> runs, Metric tested) throws IOException {
    var results = new ArrayList<ComparedRun>();
    for (ExperimentRun run : runs) {
      if (run.isFinished()) {
        results.add(run.result());
      }
    }
    if (results.isEmpty()) {
      return;
    }
    boolean hasBaseline = results.stream().anyMatch(run -> run.name().equals(baseline));
    RunComparison comparison = RunComparison.of("Experiment " + folder.toAbsolutePath().normalize().getFileName(),
        results, hasBaseline ? baseline : null, tested);
    Path markdown = output().resolve("comparison.md");
    Path page = output().resolve("comparison.html");
    AtomicFile.writeText(markdown, comparison.markdown());
    AtomicFile.writeText(page, comparison.html());
    terminal.out().print(comparison.terminal(terminal.outStyle()));
    terminal.out().println();
    terminal.out().println("Table: " + markdown + "   Page: " + page);
  }
}
