package crema.cli;

import crema.base.AtomicFile;
import crema.base.UserError;
import crema.classify.CheckpointSettings;
import crema.classify.ComputeOptions;
import crema.classify.ModelDirectory;
import crema.classify.ModelFamily;
import crema.classify.ModelSource;
import crema.classify.RunContext;
import crema.classify.RunKind;
import crema.cli.console.Terminal;
import crema.pretrain.Pretraining;
import crema.run.DataSettings;
import crema.run.StartSettings;
import crema.run.TaskSettings;
import crema.run.TrainingSettings;
import crema.settings.Assignment;
import crema.settings.Setting;
import crema.settings.Settings;
import crema.tensor.Device;
import crema.tensor.Precision;
import crema.task.LabelSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** Trains a classifier. Its flags and the keys of its config files are the settings of all model families. */
final class TrainCommand implements Callable<Integer>, SettingOptions.Command, Crema.MemoryUser, Crema.Trains {
  static final String CONFIG = "--config";
  private static final String RESUME = "--resume";
  private static final String HELP = "--help";

  private final Terminal terminal;
  private final List<ModelFamily> families = ModelFamily.installed().stream().filter(ModelFamily::isTrainable).toList();
  private final CommandSpec spec = CommandSpec.wrapWithoutInspection(this);
  /** What is trained, once that is known. */
  private @Nullable ModelFamily trained;

  private TrainCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  /** The command; its flags are made only when it is called. */
  static CommandLine line(Terminal terminal) {
    var command = new TrainCommand(terminal);
    CommandSpec spec = command.spec;
    spec.usageMessage().description("Trains a classifier: " + command.summaries() + ".");
    spec.addOption(OptionSpec.builder("-h", HELP).type(String.class).arity("0..1").fallbackValue("")
        .paramLabel("all").description("Show this help, or --help=all settings of all families.").build());
    spec.addOption(OptionSpec.builder(CONFIG).type(List.class).auxiliaryTypes(Path.class).arity("1").paramLabel("FILE")
        .description(TrainHelp.CONFIG).build());
    spec.addOption(OptionSpec.builder(RESUME).type(Boolean.class).arity("0").description(TrainHelp.RESUME).build());
    SettingOptions.addTo(spec, command.rows());
    return new CommandLine(spec);
  }

  private String summaries() {
    return String.join(", ", families.stream().map(ModelFamily::name).toList());
  }

  @Override
  public List<Setting<?>> memorySettings() {
    return trained == null ? List.of() : trained.memorySettings();
  }

  @Override
  public Collection<Setting<?>> rows() {
    var rows = new ArrayList<>(CommandSettings.SECTION.rows());
    families.forEach(family -> rows.addAll(family.settings().rows()));
    return rows.stream().distinct().toList();
  }

  @Override
  public Integer call() throws IOException {
    ParseResult line = spec.commandLine().getParseResult();
    String help = line.matchedOptionValue(HELP, null);
    List<Path> configs = line.matchedOptionValue(CONFIG, List.of());
    GivenSettings called = GivenSettings.of(line, rows(), configs);
    Settings asked = called.over(Settings.of(CommandSettings.SECTION));
    if (help != null) {
      terminal.out().print(new TrainHelp(spec, families).render(choice(asked, called).family(), help));
      return 0;
    }
    Path output = Path.of(asked.find(CommandSettings.OUTPUT)
        .orElseThrow(() -> new UserError("Missing required option: --output DIR, the model directory to write")));
    boolean isResumed = line.matchedOptionValue(RESUME, false);
    GivenSettings kept = isResumed
        ? GivenSettings.of(line, rows(), withKept(new ModelDirectory(output), called, configs)) : called;
    Settings command = kept.over(Settings.of(CommandSettings.SECTION));
    // The settings of a run that has begun are in its own file.
    GivenSettings given = new ModelDirectory(output).holdsRun() ? called : kept;
    RunContext context = RunContext.in(new ModelDirectory(output)).withCompute(CommandSettings.compute(command))
        .withCommandLine(commandLine(line)).withHub(() -> CommandSettings.hub(command, terminal));
    var session = new TrainingSession(terminal, command.get(CommandSettings.QUIET));
    ModelDirectory directory = context.directory();
    if (isResumed && directory.holdsRun()) {
      if (directory.holdsRun(new Pretraining())) {
        throw new UserError(output + " holds a run of 'crema pretrain'; continue that with: crema pretrain --resume "
            + "--output " + output);
      }
      ModelFamily family = ModelFamily.ofRun(directory);
      trained = family;
      Settings before = ModelFamily.settingsOf(directory);
      Settings settings = resumed(family, before, given, directory);
      if (!settings.computesAs(before)) {
        keep(directory, family.computesOn(context.compute()), command, settings);
      }
      return session.run(family, settings, context.withCompute(family.computesOn(context.compute()))
          .withCheckpoints(new CheckpointSettings(settings)));
    }
    FamilyChoice choice = choice(command, given);
    ModelFamily family = choice.family();
    trained = family;
    Settings settings = family.resolved(given.over(family.settings()));
    given.foreign(family.settings().and(CommandSettings.SECTION)).ifPresent(value -> {
      throw value.error(" has no effect with --model " + family.key() + ": leave it out");
    });
    settings.checked();
    new DataSettings(settings).fetch(CommandSettings.remote(command, terminal));
    if (!choice.by().isEmpty() && !command.get(CommandSettings.QUIET)) {
      terminal.err().println(choice.reason());
    }
    return start(session, family, settings, context, command.with(CommandSettings.MODEL, family.key()),
        command.get(CommandSettings.OVERWRITE) || isResumed);
  }

  /**
   * The config files of a run that is resumed: before those that are given the one that was kept when it was started.
   *
   * @throws UserError if nothing was started there
   */
  static List<Path> withKept(ModelDirectory directory, GivenSettings called, List<Path> configs) {
    if (!Files.exists(directory.resolvedConfig())) {
      if (!called.byName().containsKey(DataSettings.TRAIN.name())
          && !called.byName().containsKey(TaskSettings.TASKS.name()) && !directory.holdsRun()) {
        throw new UserError("there is no run in " + directory.path() + " to continue: start it without --resume");
      }
      return configs;
    }
    var all = new ArrayList<>(List.of(directory.resolvedConfig()));
    all.addAll(configs);
    return all;
  }

  /**
   * Starts a run.
   *
   * @param command what is kept with it of how the command was called
   * @param overwrite whether it takes the place of a run or model that is there
   * @return the exit code
   */
  static int start(TrainingSession session, ModelFamily family, Settings settings, RunContext context,
      Settings command, boolean overwrite) throws IOException {
    settings.checked();
    LabelSettings.requireEffect(settings);
    ModelDirectory directory = context.directory();
    ComputeOptions compute = family.computesOn(context.compute());
    requireDevice(family, compute);
    directory.prepareForRun(overwrite);
    try {
      // A run that is killed before it has begun is started by --resume with these.
      AtomicFile.writeText(directory.resolvedConfig(),
          ResolvedConfig.ofGiven(command) + ResolvedConfig.ofGiven(settings));
      return session.begin(family, settings, context.withCompute(compute)
          .withCheckpoints(new CheckpointSettings(settings)),
          chosen -> keep(directory, compute, command, chosen));
    } catch (IOException | RuntimeException e) {
      directory.discardUnlessBegun();
      throw e;
    }
  }

  /** Keeps the settings of a run as a config file. */
  static void keep(ModelDirectory directory, ComputeOptions compute, Settings command, Settings settings)
      throws IOException {
    AtomicFile.writeText(directory.resolvedConfig(),
        ResolvedConfig.of(CommandSettings.computingOn(compute, command)) + ResolvedConfig.of(settings));
  }

  /** Fails where there is no such device, or it does not compute like that, before rows are read for it. */
  private static void requireDevice(ModelFamily family, ComputeOptions compute) {
    boolean usual = compute.device().equals(Device.CPU) && compute.precision().orElse(Precision.FP32) == Precision.FP32;
    if (family.hasTensors() && !usual) {
      compute.openBackend().close();
    }
  }

  /** The family that was named, or the one that what was given belongs to. */
  private FamilyChoice choice(Settings command, GivenSettings given) throws IOException {
    ModelFamily named = families.stream().filter(family -> family.key().equals(command.get(CommandSettings.MODEL)))
        .findFirst().orElseThrow();
    if (!command.isGiven(CommandSettings.MODEL) && given.byName().containsKey(StartSettings.FROM.name())) {
      Path from = Path.of(given.byName().get(StartSettings.FROM.name()).texts().getFirst());
      return new FamilyChoice(ModelSource.read(from, ModelFamily::of), List.of());
    }
    return command.isGiven(CommandSettings.MODEL) ? new FamilyChoice(named, List.of())
        : FamilyChoice.of(families, named, given.byName().values());
  }

  /**
   * The settings of a run that is resumed. They are fixed when it starts, since a resumed run ends with the same bits as one
   * that was not stopped; but a finished one goes on for more epochs, if these are given.
   */
  static Settings resumed(RunKind kind, Settings before, GivenSettings given, ModelDirectory directory)
      throws IOException {
    Assignment epochs = given.byName().get(TrainingSettings.EPOCHS.name());
    if (epochs != null && directory.holdsModel() && (directory.isFinished() || directory.holdsState())) {
      return goingOn(kind, before, epochs, given, directory);
    }
    if (directory.isFinished()) {
      throw new UserError("the run in " + directory.path() + " is finished; start over with --overwrite"
          + (before.has(TrainingSettings.EPOCHS) ? ", or give more --epochs" : ""));
    }
    return withGiven(before, given, directory);
  }

  /** Opens a finished run again, for more epochs. */
  private static Settings goingOn(RunKind kind, Settings before, Assignment epochs, GivenSettings given,
      ModelDirectory directory) throws IOException {
    if (!before.has(TrainingSettings.EPOCHS)) {
      throw epochs.error(" cannot be given with --resume: the run in " + directory.path() + " is of the kind "
          + kind.key() + ", which has no epochs; leave it out, or start over with --overwrite");
    }
    Settings longer = withGiven(before.with(epochs), given, directory);
    int done = before.get(TrainingSettings.EPOCHS);
    if (longer.get(TrainingSettings.EPOCHS) <= done && directory.isFinished()) {
      throw epochs.error(" must be more than the " + done + ": the run in " + directory.path()
          + " is finished; start over with --overwrite, or give more");
    }
    if (longer.get(TrainingSettings.EPOCHS) < done) {
      throw epochs.error(" must be at least the " + done + " that the run in " + directory.path() + " goes on for");
    }
    if (!directory.holdsState()) {
      throw new UserError("the run in " + directory.path() + " is finished and has kept nothing to go on from, as with "
          + CheckpointSettings.NO_STATE.flag()
          + ", in searches, with tasks and with copies of texts: for more epochs start from it "
          + "with --from " + directory.path() + " and another --output");
    }
    directory.reopen(kind, longer);
    return longer;
  }

  private static Settings withGiven(Settings before, GivenSettings given, ModelDirectory directory) {
    Map<String, Object> values = ResolvedConfig.values(before);
    Settings now = before;
    for (Assignment value : given.byName().values()) {
      Setting<?> row = before.find(value.name()).orElse(null);
      if (row != null) {
        now = now.with(value);
        if (row.isDecisive() && !Objects.equals(ResolvedConfig.values(now).get(row.name()), values.get(row.name()))) {
          throw value.error(" cannot be given with --resume: " + directory.path()
              + " was started with its own settings; leave it out, or start over with --overwrite");
        }
      }
    }
    return now;
  }

  static List<String> commandLine(ParseResult line) {
    var words = new ArrayList<>(List.of("crema"));
    words.addAll(line.originalArgs());
    return words;
  }
}
