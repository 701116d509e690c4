package crema.cli;

import crema.base.UserError;
import crema.classify.ModelDirectory;
import crema.classify.ModelFamily;
import crema.classify.ModelSource;
import crema.classify.RunContext;
import crema.cli.console.Terminal;
import crema.family.stack.StackFamily;
import crema.family.stack.StackSettings;
import crema.run.DataSettings;
import crema.run.Languages;
import crema.run.PictureSettings;
import crema.settings.Section;
import crema.settings.Setting;
import crema.settings.Settings;
import crema.task.LabelSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** Stacks models that are already trained. */
final class StackCommand implements Callable<Integer>, SettingOptions.Command, Crema.Trains {
  private static final Section RUN = CommandSettings.SECTION.only(CommandSettings.OUTPUT, CommandSettings.OVERWRITE,
      CommandSettings.DEVICE, CommandSettings.THREADS, CommandSettings.QUIET);

  /** What is read of rows as the first model read it, where no flag says otherwise. */
  private static final List<Setting<?>> AS_IN_TRAINING = List.of(DataSettings.JOINER, DataSettings.RECIPE,
      DataSettings.DROP, DataSettings.LOWERCASE, DataSettings.GROUP,
      LabelSettings.LABEL, LabelSettings.TARGET, LabelSettings.LABEL_SEPARATOR,
      LabelSettings.PATH_SEPARATOR, Languages.LANGUAGE);

  /** What one of the models may not read at all: then it is read as the first that does read it. */
  private static final List<Setting<?>> CONTENT = List.of(DataSettings.TEXT, PictureSettings.IMAGE,
      PictureSettings.IMAGE_ROOT);

  private final Terminal terminal;
  private final ModelFamily family = new StackFamily();
  private final CommandSpec spec = CommandSpec.wrapWithoutInspection(this);

  private StackCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  /** The command. */
  static CommandLine line(Terminal terminal) {
    var command = new StackCommand(terminal);
    CommandSpec spec = command.spec;
    spec.mixinStandardHelpOptions(true);
    spec.usageMessage()
        .description("Stacks trained models: asks them together, and makes one answer of what they say.",
            "How much each counts is found on rows that they have not seen (--train): by a weighted average of their "
                + "probabilities or a logistic regression with a weight a model, whichever validates better there, and "
                + "never worse than the best model alone. The models are copied into the directory of the stack.")
        .sortOptions(false)
        .abbreviateSynopsis(true)
        .footer("",
            "Columns and labels are those of the first model's training, unless flags say otherwise.",
            "",
            "Examples:",
            "  crema stack models/linear models/fasttext --train held-out.csv --test test.csv --output models/stack",
            "  crema stack models/a models/b.zip --train held-out.csv --level average --output models/stack");
    spec.addPositional(PositionalParamSpec.builder().type(List.class).auxiliaryTypes(String.class).arity("1..*")
        .paramLabel("MODEL").description("The models: directories, or archives of crema pack.").build());
    Settings defaults = command.family.settings().and(RUN);
    command.rows().forEach(row -> spec.addOption(SettingOptions.option(row, description(row, defaults))));
    return new CommandLine(spec);
  }

  private static String description(Setting<?> row, Settings defaults) {
    return SettingOptions.description(row,
        AS_IN_TRAINING.contains(row) || CONTENT.contains(row) ? "as in training" : defaults.shownDefault(row));
  }

  @Override
  public Collection<Setting<?>> rows() {
    var rows = new ArrayList<Setting<?>>(RUN.rows());
    family.settings().rows().stream().filter(row -> row != StackSettings.MODELS).forEach(rows::add);
    return rows;
  }

  @Override
  public Integer call() throws IOException {
    ParseResult line = spec.commandLine().getParseResult();
    List<String> models = line.matchedPositionalValue(0, List.of());
    GivenSettings given = GivenSettings.of(line, rows(), List.of());
    Settings command = given.over(Settings.of(CommandSettings.SECTION)).with(CommandSettings.MODEL, family.key());
    Path output = Path.of(command.find(CommandSettings.OUTPUT)
        .orElseThrow(() -> new UserError("Missing required option: --output DIR, the model directory to write")));
    for (String model : models) {
      ModelSource.read(Path.of(model), ModelFamily::of);
    }
    Settings settings = given.over(asInTraining(models)).with(StackSettings.MODELS, models);
    RunContext context = RunContext.in(new ModelDirectory(output)).withCompute(CommandSettings.compute(command))
        .withCommandLine(TrainCommand.commandLine(line)).withHub(() -> CommandSettings.hub(command, terminal));
    return TrainCommand.start(new TrainingSession(terminal, command.get(CommandSettings.QUIET)), family, settings,
        context, command, command.get(CommandSettings.OVERWRITE));
  }

  private Settings asInTraining(List<String> models) throws IOException {
    Settings settings = family.settings();
    for (String model : models) {
      Settings before = ModelSource.read(Path.of(model), source -> source.holds(ModelSource.TRAINING)
          ? PictureSettings.afterTraining(ModelFamily.settingsOf(source)) : family.settings());
      for (Setting<?> row : model.equals(models.getFirst()) ? AS_IN_TRAINING : List.<Setting<?>>of()) {
        settings = settings.withGiven(row, before);
      }
      for (Setting<?> row : CONTENT) {
        settings = settings.isGiven(row) || !before.has(row) ? settings : settings.withGiven(row, before);
      }
    }
    return settings;
  }
}
