package crema.cli;

import crema.base.AtomicFile;
import crema.base.UserError;
import crema.classify.ModelDirectory;
import crema.classify.ModelFamily;
import crema.classify.RunContext;
import crema.classify.RunSettings;
import crema.cli.ConfigFile.Setting;
import crema.family.encoder.TrainingConfig;
import crema.family.fasttext.FastTextTrainingConfig;
import crema.family.linear.LinearTrainingConfig;
import crema.family.staged.StagedSettings;
import crema.run.DataSettings;
import crema.task.DecisionConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/** Trains a classifier. */
@Command(
    name = "train",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    abbreviateSynopsis = true,
    description = {
      "Trains a transformer encoder, fastText or a linear baseline to give texts their labels.",
      "Reads CSV, TSV, JSONL or fastText files (also .gz, .zst). Writes a model directory with weights, labels, provenance,",
      "metrics.json, report.html and log.jsonl."
    },
    footer = {
      "",
      "Examples:",
      "  crema train --train offers.csv.gz --text title --label category --output models/offers",
      "  crema train --train train.tsv --validation valid.tsv --text name,description --label lvl1 \\",
      "      --output models/gpc --epochs 10 --learning-rate 5e-4 --schedule cosine --warmup 200",
      "  crema train --train offers.csv --text title --label category --group cluster_id --output models/offers",
      "  crema train --train docs.jsonl --text title,body --label topics --target multi --loss distribution-balanced \\",
      "      --output models/topics",
      "  crema train --train offers.csv --text title --label lvl1,lvl2,lvl3 --target taxonomy --output models/tree",
      "  crema train --model fasttext --train offers.csv --text title --label category --output models/fast",
      "  crema train --model linear --train offers.csv --text title --label category --output models/baseline",
      "  crema train --config offers.yaml --epochs 5 --output models/offers",
      "  crema train --resume --output models/offers",
      "",
      "Ctrl-C saves a checkpoint; --resume continues it to the same bits as if nothing had happened."
    })
final class TrainCommand implements Callable<Integer>, Configurable {
  private final Terminal terminal;

  @Spec private @Nullable CommandSpec spec;

  @Option(names = {"-o", "--output"}, paramLabel = "DIR", required = true,
      description = "The model directory to write.")
  private Path output = Path.of("");

  @Option(names = ConfigDefaults.OPTION, paramLabel = "FILE",
      description = "YAML files with options as keys (without dashes); a later file overrides those before it, a flag all.")
  private List<Path> configs = List.of();

  @Option(names = "--model", paramLabel = "KIND", defaultValue = "encoder", converter = TrainedKind.Flag.class,
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private TrainedKind kind = TrainedKind.ENCODER;

  @Option(names = "--resume", description = "Continue the run in the output directory; all settings are taken from there.")
  private boolean resume;

  @Option(names = "--overwrite", description = "Start over where the output directory holds a run.")
  private boolean overwrite;

  @Mixin
  private ComputeFlags compute = new ComputeFlags();

  @Option(names = {"-q", "--quiet"}, description = "No progress, only warnings and the final table.")
  private boolean quiet;

  @Mixin(name = "Data")
  private DataOptions data = new DataOptions();

  @Mixin(name = "Encoder")
  private EncoderOptions encoder = new EncoderOptions();

  @Mixin(name = "FastText")
  private FastTextOptions fastText = new FastTextOptions();

  @Mixin(name = "Linear")
  private LinearOptions linear = new LinearOptions();

  @Mixin(name = "Stages")
  private StageOptions stages = new StageOptions();

  @Mixin(name = "Loss")
  private LossOptions loss = new LossOptions();

  @Mixin(name = "Training")
  private TrainingOptions training = new TrainingOptions();

  @Mixin(name = "Answers")
  private DecisionOptions decisions = new DecisionOptions();

  @Mixin(name = "Validation and checkpoints")
  private CheckpointOptions checkpoints = new CheckpointOptions();

  TrainCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public List<Path> configs(ParseResult given) {
    return given.matchedOptionValue(ConfigDefaults.OPTION, List.of());
  }

  @Override
  public Integer call() throws Exception {
    RunContext context = RunContext.in(new ModelDirectory(output)).withCompute(compute.options())
        .withCheckpoints(checkpoints.policy()).withCommandLine(commandLine());
    ModelDirectory directory = context.directory();
    data.settle();
    training.settle(kind);
    if (resume && directory.holdsRun()) {
      refuseFinished(directory);
      refuseOtherSettings(directory);
      return train(ModelFamily.settingsOf(directory), context);
    }
    refuseForeign();
    RunSettings settings = settings();
    directory.prepareForRun(overwrite || resume);
    AtomicFile.writeText(directory.resolvedConfig(), resolvedConfig());
    return train(settings, context);
  }

  private int train(RunSettings settings, RunContext context) throws IOException {
    return new TrainingSession(terminal, quiet).run(ModelFamily.named(settings.model()), settings, context);
  }

  private RunSettings settings() {
    return switch (kind) {
      case ENCODER -> encoderConfig();
      case FAST_TEXT -> inStages(fastTextConfig(), decisions.config());
      case LINEAR -> inStages(linearConfig(), DecisionConfig.DEFAULT);
    };
  }

  private RunSettings inStages(RunSettings settings, DecisionConfig decision) {
    return stages.config(decision)
        .<RunSettings>map(cut -> new StagedSettings(cut, data.config(), training.seed(), settings))
        .orElse(settings);
  }

  private String resolvedConfig() {
    CommandSpec command = line().getCommandSpec();
    return ResolvedConfig.of(command, option -> kind.heeds(option, command));
  }

  private void refuseFinished(ModelDirectory directory) {
    if (directory.holdsModel()) {
      throw new UserError("the run in " + output + " is finished; start over with --overwrite");
    }
  }

  /** Settings of a run are fixed when it starts: a resumed run ends with the same bits as one that was not stopped. */
  private void refuseOtherSettings(ModelDirectory directory) throws IOException {
    Map<String, Setting> before = ConfigFile.read(directory.resolvedConfig());
    Map<String, Setting> now = ConfigFile.parse(directory.resolvedConfig(), resolvedConfig());
    ConfigDefaults.keys(line()).forEach((key, option) -> {
      if (ResolvedConfig.holds(key) && !key.startsWith("checkpoint-") && ConfigDefaults.isGiven(line(), option)
          && !Setting.sameValue(before.get(key), now.get(key))) {
        throw ConfigDefaults.mistake(line(), option, " cannot be given with --resume: " + output
            + " was started with its own settings; leave it out, or start over with --overwrite");
      }
    });
  }

  private CommandLine line() {
    return Objects.requireNonNull(spec).commandLine();
  }

  private List<String> commandLine() {
    var line = new ArrayList<>(List.of("crema"));
    line.addAll(line().getParseResult().originalArgs());
    return line;
  }

  /** Refuses settings which would have no effect, unless they are in a config that is shared. */
  private void refuseForeign() {
    CommandSpec command = line().getCommandSpec();
    for (OptionSpec option : command.options()) {
      if (!kind.heeds(option, command) && ConfigDefaults.isGivenAlone(line(), option)) {
        throw ConfigDefaults.mistake(line(), option, " has no effect with --model " + kind + ": leave it out");
      }
    }
  }

  private FastTextTrainingConfig fastTextConfig() {
    return fastText.config(line(), data.config(), encoder.lowercase(), training, loss.fastTextLoss(),
        decisions.config());
  }

  private LinearTrainingConfig linearConfig() {
    return linear.config(data.config(), encoder.lowercase(), loss.classWeights(), training.seed());
  }

  private TrainingConfig encoderConfig() {
    DataSettings rows = data.config();
    return new TrainingConfig(rows, encoder.tokens(), encoder.encoder(), loss.loss(rows.labels().kind()),
        loss.sampling(), training.optimization(), decisions.config(), checkpoints.validation(), training.seed());
  }
}
