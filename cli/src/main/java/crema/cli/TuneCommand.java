package crema.cli;

import crema.base.AtomicFile;
import crema.base.UserError;
import crema.classify.CheckpointSettings;
import crema.classify.ComputeOptions;
import crema.classify.ModelDirectory;
import crema.classify.ModelFamily;
import crema.classify.RunContext;
import crema.cli.console.Terminal;
import crema.metrics.Metric;
import crema.report.ComparedRun;
import crema.report.RunComparison;
import crema.run.DataSettings;
import crema.run.TrainingSettings;
import crema.settings.Assignment;
import crema.settings.Section;
import crema.settings.Setting;
import crema.settings.Settings;
import crema.tune.Trial;
import crema.tune.TuneListener;
import crema.tune.Tuning;
import crema.tune.WrittenRange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** Searches for the best settings in the ranges of a config. */
final class TuneCommand implements Callable<Integer>, SettingOptions.Command, Crema.Trains {
  private static final Section SECTION = Section.of("Tune");
  private static final Setting<String> OUTPUT = SECTION.optionalFile("output").alias("-o").label("DIR")
      .shownDefault("runs/ and the config's name").help("Where the trials, their table and best.yaml are written");
  private static final Setting<Integer> TRIALS = SECTION.integer("trials", 20).atLeast(1).atMost(10_000)
      .help("How many settings are tried");
  private static final Setting<Long> SEED = SECTION.longInteger("seed", 1).help("Chooses the settings that are tried");
  private static final Setting<Metric> METRIC = SECTION.choice("metric", Metric.MACRO_F1).label("NAME")
      .help("What the best has most of, on validation rows");
  /** What a config may say too. */
  private static final List<Setting<?>> OF_CONFIG =
      List.of(DataSettings.FOLDER, CommandSettings.DEVICE, CommandSettings.PRECISION);

  private final Terminal terminal;
  private final CommandSpec spec = CommandSpec.wrapWithoutInspection(this);
  private final List<ModelFamily> families = ModelFamily.installed().stream().filter(ModelFamily::isTrainable).toList();

  private TuneCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  /** The command. */
  static CommandLine line(Terminal terminal) {
    var command = new TuneCommand(terminal);
    CommandSpec spec = command.spec;
    spec.mixinStandardHelpOptions(true);
    spec.usageMessage().abbreviateSynopsis(true).sortOptions(false)
        .description(
            "Searches for the best settings of 'crema train'. CONFIG is one of its configs, in which settings have "
                + "ranges:",
            "",
            "  learning-rate: {log: [1e-4, 1e-2]}      each decade as likely as another",
            "  dropout: {linear: [0, 0.5]}             all numbers as likely",
            "  epochs: {integer: [5, 50]}              whole numbers, the ends too",
            "  loss: {choice: [bce, focal]}            what is listed",
            "",
            "All trials learn from a part of the training rows, the best third from three times as many, and so on; the few "
                + "that are left learn from all. Validation rows compare them; test rows are not read. The best settings are "
                + "written as best.yaml, with which 'crema train --config' trains. Trials that ended are not made again: "
                + "after Ctrl-C, give the same command again.")
        .footer("", "Examples:", "  crema tune tune.yaml --trials 30",
            "  crema tune tune.yaml --metric accuracy --seed 2 --output runs/tuned",
            "  crema train --config runs/tuned/best.yaml --output models/tuned");
    spec.addPositional(PositionalParamSpec.builder().type(Path.class).arity("1").paramLabel("CONFIG")
        .description("A config of 'crema train' with ranges.").build());
    command.rows().forEach(row -> spec.addOption(SettingOptions.option(row,
        SettingOptions.description(row, OF_CONFIG.contains(row) ? "as the config says"
            : Settings.of(row.section()).shownDefault(row)))));
    return new CommandLine(spec);
  }

  @Override
  public Collection<Setting<?>> rows() {
    var rows = new ArrayList<Setting<?>>(SECTION.rows());
    rows.addAll(OF_CONFIG);
    rows.addAll(List.of(CommandSettings.THREADS, CommandSettings.QUIET, CommandSettings.OFFLINE));
    return rows;
  }

  @Override
  public Integer call() throws IOException {
    ParseResult line = spec.commandLine().getParseResult();
    Path config = line.matchedPositionalValue(0, Path.of(""));
    Map<String, Assignment> flags = SettingOptions.given(line, rows());
    Settings own = Settings.of(SECTION);
    for (Setting<?> row : SECTION.rows()) {
      own = flags.containsKey(row.name()) ? own.with(flags.remove(row.name())) : own;
    }
    ConfigFile.Ranged written = ConfigFile.readRanged(config);
    Settings command = Settings.of(CommandSettings.SECTION);
    var known = new ArrayList<>(command.rows());
    families.forEach(family -> known.addAll(family.settings().rows()));
    GivenSettings given = GivenSettings.of(flags, known.stream().distinct().toList(), Map.of(config, written.values()));
    command = given.over(command);
    refuse(written.values());
    FamilyChoice choice = choice(command, given, written.ranges());
    ModelFamily family = choice.family();
    Settings settings = given.over(family.settings());
    given.foreign(family.settings().and(CommandSettings.SECTION)).ifPresent(value -> {
      throw value.error(" has no effect with model " + family.key() + ": leave it out");
    });
    Path output = own.find(OUTPUT).map(Path::of).orElseGet(() -> Path.of("runs").resolve(name(config)));
    return search(choice, settings, written.ranges(), own, output, command);
  }

  private static String name(Path config) {
    return config.getFileName().toString().replaceFirst("\\.ya?ml$", "");
  }

  /** Where a run writes is not for its config to say, which trains many. */
  private static void refuse(Map<String, Assignment> values) {
    Assignment output = values.get(CommandSettings.OUTPUT.name());
    if (output != null) {
      throw output.error(" is that of 'crema train': leave it out, and say with --output where trials are written");
    }
  }

  private FamilyChoice choice(Settings command, GivenSettings given, List<WrittenRange> ranges) {
    for (WrittenRange range : ranges) {
      if (range.name().equals(CommandSettings.MODEL.name())) {
        throw range.origin().error(range.name(),
            " must be one family: search each by itself, or train with model: auto");
      }
    }
    ModelFamily named = families.stream().filter(family -> family.key().equals(command.get(CommandSettings.MODEL)))
        .findFirst().orElseThrow();
    if (command.isGiven(CommandSettings.MODEL)) {
      return new FamilyChoice(named, List.of());
    }
    var all = new ArrayList<>(given.byName().values());
    ranges.forEach(range -> all.add(new Assignment(range.name(), "", range.origin())));
    return FamilyChoice.of(families, named, all);
  }

  private int search(FamilyChoice choice, Settings settings, List<WrittenRange> ranges, Settings own, Path output,
      Settings command) throws IOException {
    ModelFamily family = choice.family();
    boolean quiet = command.get(CommandSettings.QUIET);
    ComputeOptions compute = family.computesOn(CommandSettings.compute(command));
    Metric metric = own.get(METRIC);
    var session = TrainingSession.ofRepeatable(terminal, quiet);
    RunContext context = RunContext.in(new ModelDirectory(output)).withCompute(compute)
        .withCommandLine(List.of("crema", "tune")).withHub(() -> CommandSettings.hub(command, terminal))
        .withCheckpoints(new CheckpointSettings(settings));
    if (Files.exists(output) && !Files.isDirectory(output)) {
      throw new UserError(output + " is a file, not a folder to write trials to");
    }
    long began = System.nanoTime();
    return session.run(context, (watched, view) -> {
      var tuning = new Tuning(family, settings, ranges, own.get(TRIALS), own.get(SEED), metric, output, watched);
      if (!choice.by().isEmpty() && !quiet) {
        terminal.err().println(choice.reason());
      }
      Optional<Tuning.Result> result = tuning.run(new Lines(view, quiet));
      view.close();
      if (result.isEmpty()) {
        return session.interrupted(watched.directory());
      }
      write(family, result.get(), metric, output, CommandSettings.computingOn(compute, command));
      terminal.out().println("Best: " + result.get().best().name() + "   Time: " + TrainingSession.timeSince(began));
      terminal.out().println("Train with it: crema train --config " + output.resolve("best.yaml") + " --output DIR");
      return 0;
    });
  }

  /** Says of each training how it ended. */
  private final class Lines implements TuneListener {
    private final ProgressView view;
    private final boolean quiet;

    Lines(ProgressView view, boolean quiet) {
      this.view = view;
      this.quiet = quiet;
    }

    @Override
    public void begins(Trial trial, Place place) {
      if (terminal.errIsTerminal()) {
        view.stage(place + " " + trial.values());
      }
    }

    @Override
    public void ended(Trial trial, Place place, @Nullable Double score) {
      view.close();
      if (score == null) {
        view.warning(place + " " + trial.values() + ": " + trial.failure());
      } else if (!quiet) {
        terminal.err().println(String.format(Locale.ROOT, "%s %.4f with %s", place, score, trial.values()));
      }
    }
  }

  private void write(ModelFamily family, Tuning.Result result, Metric metric, Path output, Settings command)
      throws IOException {
    RunComparison comparison = RunComparison.of("Search of " + output.toAbsolutePath().normalize().getFileName(),
        result.trials().stream().map(trial -> row(trial, result.rungs(), metric)).toList(), result.best().name(),
        metric);
    AtomicFile.writeText(output.resolve("comparison.md"), comparison.markdown());
    AtomicFile.writeText(output.resolve("comparison.html"), comparison.html());
    AtomicFile.writeText(output.resolve("best.yaml"),
        ResolvedConfig.of(command.with(CommandSettings.MODEL, family.key()))
            + ResolvedConfig.of(result.best().settings()));
    terminal.out().print(comparison.terminal(terminal.outStyle()));
    terminal.out().println();
    terminal.out().println("Table: " + output.resolve("comparison.md") + "   Page: "
        + output.resolve("comparison.html"));
  }

  /** A trial in the table: its score in each rung, and all that is known of it if it came to the last. */
  private static ComparedRun row(Trial trial, List<Double> rungs, Metric metric) {
    var scores = new LinkedHashMap<String, Double>();
    for (int i = 0; i < trial.scores().size() && i < rungs.size() - 1; i++) {
      scores.put(metric.title() + " of 1/" + Math.round(1 / rungs.get(i)), trial.scores().get(i));
    }
    ComparedRun last = trial.run();
    if (last == null) {
      return new ComparedRun(trial.name(), trial.settings().get(TrainingSettings.SEED),
          Duration.ofMillis(Math.round(trial.seconds() * 1000)), scores, null);
    }
    scores.putAll(last.scores());
    scores.putIfAbsent(metric.title(), trial.scores().getLast());
    return new ComparedRun(last.name(), last.seed(), last.time(), scores, last.outcomes());
  }
}
