package crema.cli;

import crema.base.UserError;
import crema.classify.CheckpointSettings;
import crema.classify.ComputeOptions;
import crema.classify.ModelDirectory;
import crema.classify.RunContext;
import crema.cli.console.Terminal;
import crema.pretrain.Pretraining;
import crema.pretrain.PretrainingResult;
import crema.run.DataSettings;
import crema.settings.Section;
import crema.settings.Setting;
import crema.settings.Settings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** Trains an encoder on texts without labels. */
final class PretrainCommand implements Callable<Integer>, SettingOptions.Command, Crema.Trains {
  private static final String RESUME = "--resume";

  private static final Section RUN = CommandSettings.SECTION.only(CommandSettings.OUTPUT, CommandSettings.OVERWRITE,
      CommandSettings.DEVICE, CommandSettings.PRECISION, CommandSettings.THREADS, CommandSettings.QUIET,
      CommandSettings.OFFLINE);

  private final Terminal terminal;
  private final Pretraining kind = new Pretraining();
  private final CommandSpec spec = CommandSpec.wrapWithoutInspection(this);

  private PretrainCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  /** The command. */
  static CommandLine line(Terminal terminal) {
    var command = new PretrainCommand(terminal);
    CommandSpec spec = command.spec;
    spec.mixinStandardHelpOptions(true);
    spec.usageMessage()
        .description("Trains an encoder on texts without labels: words are hidden, and it learns to guess them.",
            "It goes on with a pretrained one (--encoder), or begins with random numbers and a tokenizer of its own. The "
                + "result is a folder of Hugging Face's layout, which --encoder of the other commands takes.")
        .sortOptions(false)
        .abbreviateSynopsis(true)
        .footer("",
            "Without --text, each line of a file is a text. Longer texts than --max-length become several examples.",
            "Ctrl-C saves a checkpoint; --resume continues it to the same bits as if nothing had happened.",
            "",
            "Examples:",
            "  crema pretrain --encoder models/minilm --train offers.csv --text title --output models/minilm-offers",
            "  crema pretrain --train articles.txt --hidden-size 256 --layers 4 --output models/small",
            "  crema pretrain --network bert-config.json --tokenizer-kind wordpiece --train articles.txt.gz \\",
            "      --output models/bert",
            "  crema pretrain --resume --output models/small");
    spec.addOption(OptionSpec.builder(TrainCommand.CONFIG).type(List.class).auxiliaryTypes(Path.class).arity("1")
        .paramLabel("FILE").description(TrainHelp.CONFIG + ".").build());
    spec.addOption(OptionSpec.builder(RESUME).type(Boolean.class).arity("0").description(TrainHelp.RESUME + ".")
        .build());
    Settings defaults = command.kind.settings().and(RUN);
    command.rows().forEach(row -> spec.addOption(SettingOptions.option(row,
        SettingOptions.description(row, defaults.shownDefault(row)))));
    return new CommandLine(spec);
  }

  @Override
  public Collection<Setting<?>> rows() {
    var rows = new ArrayList<Setting<?>>(RUN.rows());
    rows.addAll(kind.settings().rows());
    return rows;
  }

  @Override
  public Integer call() throws IOException {
    ParseResult line = spec.commandLine().getParseResult();
    List<Path> configs = line.matchedOptionValue(TrainCommand.CONFIG, List.<Path>of());
    GivenSettings called = GivenSettings.of(line, rows(), configs);
    Path output = Path.of(called.over(Settings.of(RUN)).find(CommandSettings.OUTPUT)
        .orElseThrow(() -> new UserError("Missing required option: --output DIR, the folder of the encoder to write")));
    boolean isResumed = line.matchedOptionValue(RESUME, false);
    GivenSettings kept = isResumed
        ? GivenSettings.of(line, rows(), TrainCommand.withKept(new ModelDirectory(output), called, configs)) : called;
    Settings command = kept.over(Settings.of(RUN));
    // The settings of a run that has begun are in its own file.
    GivenSettings given = new ModelDirectory(output).holdsRun() ? called : kept;
    RunContext context = RunContext.in(new ModelDirectory(output)).withCompute(CommandSettings.compute(command))
        .withCommandLine(TrainCommand.commandLine(line)).withHub(() -> CommandSettings.hub(command, terminal));
    ModelDirectory directory = context.directory();
    if (isResumed && directory.holdsRun()) {
      if (!directory.holdsRun(kind)) {
        throw new UserError(output + " holds a run of 'crema train'; continue that with: crema train --resume --output "
            + output);
      }
      Settings before = directory.settingsOf(kind);
      Settings settings = TrainCommand.resumed(kind, before, given, directory);
      if (!settings.computesAs(before)) {
        TrainCommand.keep(directory, context.compute().resolved(), command, settings);
      }
      return train(settings, context.withCompute(context.compute().resolved()), command);
    }
    Settings settings = kind.resolved(given.over(kind.settings()));
    settings.checked();
    new DataSettings(settings).fetch(CommandSettings.remote(command, terminal));
    ComputeOptions compute = context.compute().resolved();
    directory.prepareForRun(command.get(CommandSettings.OVERWRITE) || isResumed);
    TrainCommand.keep(directory, compute, command, settings);
    try {
      return train(settings, context.withCompute(compute), command);
    } catch (IOException | RuntimeException e) {
      directory.discardUnlessBegun();
      throw e;
    }
  }

  private int train(Settings settings, RunContext watched, Settings command) throws IOException {
    var session = TrainingSession.ofPretraining(terminal, command.get(CommandSettings.QUIET));
    long began = System.nanoTime();
    return session.run(watched.withCheckpoints(new CheckpointSettings(settings)), (context, view) -> {
      PretrainingResult result = kind.run(settings, context);
      view.close();
      ModelDirectory directory = context.directory();
      if (result.isInterrupted()) {
        return session.interrupted(result.steps(), directory);
      }
      terminal.out().printf(Locale.ROOT, "Validation loss: %.4f   Perplexity: %.2f   Best of %,d steps: %,d%n",
          result.loss().orElseThrow(), result.perplexity(), result.steps(), result.bestStep());
      terminal.out().println("Encoder: " + directory.path() + "   Time: " + TrainingSession.timeSince(began));
      return 0;
    });
  }
}
