package crema.cli;

import crema.base.Sha256;
import crema.base.UserError;
import crema.classify.Classifier;
import crema.classify.ModelDirectory;
import crema.classify.ModelFamily;
import crema.classify.ModelSource;
import crema.classify.RunContext;
import crema.cli.console.Terminal;
import crema.family.fasttext.FastTextSettings;
import crema.fasttext.LossKind;
import crema.run.DataSettings;
import crema.run.DistillSettings;
import crema.run.Distillation;
import crema.run.PictureSettings;
import crema.run.TrainingSettings;
import crema.settings.Section;
import crema.settings.Setting;
import crema.settings.Settings;
import crema.task.LabelSettings;
import crema.task.TargetKind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** Trains a small, fast model on what another one says. */
final class DistillCommand implements Callable<Integer>, SettingOptions.Command, Crema.Trains {
  private static final String DATA = "--data";
  private static final String ROWS = "teacher";
  private static final int STUDENT_DIM = 16;
  private static final int STUDENT_BUCKETS = 200_000;

  private static final Section RUN = CommandSettings.SECTION.only(CommandSettings.OUTPUT, CommandSettings.OVERWRITE,
      CommandSettings.DEVICE, CommandSettings.PRECISION, CommandSettings.THREADS, CommandSettings.QUIET,
      CommandSettings.OFFLINE);

  /** What is read of rows as the teacher reads it, where no flag says otherwise. */
  private static final List<Setting<?>> AS_IN_TRAINING = List.of(DataSettings.TEXT, DataSettings.JOINER,
      DataSettings.RECIPE, DataSettings.DROP,
      DataSettings.LOWERCASE,
      PictureSettings.IMAGE, PictureSettings.IMAGE_ROOT,
      LabelSettings.LABEL, LabelSettings.TARGET, LabelSettings.LABEL_SEPARATOR, LabelSettings.PATH_SEPARATOR,
      LabelSettings.ONE_HOT);

  /** What a distillation decides on itself. */
  private static final List<Setting<?>> OWN = List.of(DataSettings.FOLDER, DataSettings.VALIDATION,
      DataSettings.VALIDATION_FRACTION, DataSettings.TEST_FRACTION, DataSettings.ROW_WEIGHT, DataSettings.GROUP,
      DataSettings.CORRECTIONS);

  private final Terminal terminal;
  private final CommandSpec spec = CommandSpec.wrapWithoutInspection(this);

  private DistillCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  /** The command. */
  static CommandLine line(Terminal terminal) {
    var command = new DistillCommand(terminal);
    CommandSpec spec = command.spec;
    spec.mixinStandardHelpOptions(true);
    spec.usageMessage()
        .description("Distils a model: trains a small, fast student on what a large, slow teacher says of rows without "
            + "labels.",
            "The student learns the teacher's probabilities: a row is as many weighted copies as it may have labels. Rows "
                + "with labels (--train) are mixed in. A teacher that reads pictures is asked about those of the rows, "
                + "whether the student reads them or not.")
        .sortOptions(false)
        .abbreviateSynopsis(true)
        .footer("",
            "Columns and labels are those of the teacher's training, unless flags say otherwise; settings of the "
                + "student's family are those of crema train.",
            "",
            "Examples:",
            "  crema distill models/stack --data offers.csv.gz --output models/fast",
            "  crema distill models/stack --student fasttext --data titles.txt --train train.csv --test test.csv "
                + "--output models/fast",
            "  crema distill models/fusion --student image --data products.csv --image photo --output models/photos");
    spec.addPositional(PositionalParamSpec.builder().type(Path.class).arity("1").index("0").paramLabel("MODEL")
        .description("The teacher: a directory, or an archive of crema pack.").build());
    spec.addOption(OptionSpec.builder("-d", DATA).type(List.class).auxiliaryTypes(String.class).arity("1")
        .paramLabel("FILE")
        .description(
            "Files with rows that the teacher is asked for, without labels, as many as you like: tables with its "
                + "text columns, or plain ones (.txt) with a text a line.")
        .build());
    SettingOptions.addTo(spec, command.rows());
    return new CommandLine(spec);
  }

  @Override
  public Collection<Setting<?>> rows() {
    return Stream.of(DistillSettings.SECTION.rows().stream(), RUN.rows().stream(),
        DistillSettings.STUDENTS.stream().flatMap(key -> ModelFamily.named(key).settings().rows().stream()))
        .<Setting<?>>flatMap(rows -> rows).filter(row -> !OWN.contains(row)).distinct().toList();
  }

  @Override
  public Integer call() throws IOException {
    ParseResult line = spec.commandLine().getParseResult();
    GivenSettings given = GivenSettings.of(line, rows(), List.of());
    Settings command = given.over(Settings.of(CommandSettings.SECTION));
    Settings distill = given.over(Settings.of(DistillSettings.SECTION));
    ModelFamily family = ModelFamily.named(distill.get(DistillSettings.STUDENT));
    Path model = line.matchedPositionalValue(0, Path.of(""));
    List<String> files = line.matchedOptionValue(DATA, List.<String>of()).stream()
        .flatMap(text -> CommaSeparated.split(text).stream()).toList();
    Path output = Path.of(command.find(CommandSettings.OUTPUT)
        .orElseThrow(() -> new UserError("Missing required option: --output DIR, the model directory to write")));
    given.foreign(pictured(family.settings()).and(CommandSettings.SECTION, DistillSettings.SECTION))
        .ifPresent(value -> {
          throw value.error(" has no effect with --student " + family.key() + ": leave it out");
        });
    Settings settings = family.resolved(folded(given.over(asInTraining(model, small(family.settings())))));
    if (PictureSettings.column(settings).isPresent() && distill.isGiven(DistillSettings.ALTERED)
        && distill.get(DistillSettings.ALTERED) > 0) {
      throw distill.error(DistillSettings.ALTERED, " has no effect on a student of pictures, which reads no words: "
          + "leave it out");
    }
    // The teacher may read pictures where the student reads none.
    Settings reading = given.over(asInTraining(model, pictured(settings)));
    DataSettings.requireFiles(Stream.of(files, settings.get(DataSettings.TRAIN), settings.get(DataSettings.TEST))
        .flatMap(List::stream).toList());
    if (files.isEmpty() && settings.get(DataSettings.TRAIN).isEmpty()) {
      throw new UserError("there is no row to ask the teacher for: give --data FILE");
    }
    var directory = new ModelDirectory(output);
    if ((directory.holdsModel() || directory.holdsRun()) && !command.get(CommandSettings.OVERWRITE)) {
      throw new UserError(output + " already holds a " + (directory.holdsModel() ? "model; choose another --output, or "
          + "start over with --overwrite" : "run; continue it with: crema train --resume --output " + output));
    }
    RunContext context = RunContext.in(directory).withCompute(CommandSettings.compute(command))
        .withCommandLine(TrainCommand.commandLine(line)).withHub(() -> CommandSettings.hub(command, terminal));
    var session = new TrainingSession(terminal, command.get(CommandSettings.QUIET));
    var student = new ArrayList<Settings>();
    var asking = TrainingSession.ofRepeatable(terminal, command.get(CommandSettings.QUIET));
    int code = asking.run(context, (watched, _) -> {
      try (Classifier teacher = Classifier.load(model, context.compute())) {
        requireTarget(teacher, settings);
        var data = new DataSettings(PictureSettings.afterTraining(reading));
        requirePictures(teacher, data, files, settings);
        new Distillation(teacher, data, settings, distill, output.resolve(ROWS), watched.listener(), watched.stop())
            .write(identity(model, reading, settings, distill), Distillation.unlabelled(files, data))
            .ifPresent(student::add);
      }
      return student.isEmpty() ? asking.interrupted(directory) : 0;
    });
    return student.isEmpty() ? code : TrainCommand.start(session, family, student.getFirst(), context,
        command.with(CommandSettings.MODEL, family.key()), command.get(CommandSettings.OVERWRITE));
  }

  /** A student of fastText's that is quick to ask: a small table of short vectors stays in the caches. */
  private static Settings small(Settings student) {
    return student.has(FastTextSettings.DIM)
        ? student.with(FastTextSettings.DIM, STUDENT_DIM).with(FastTextSettings.BUCKETS, STUDENT_BUCKETS) : student;
  }

  /** The same with words folded where labels have scores of their own. */
  private static Settings folded(Settings student) {
    return student.has(FastTextSettings.FOLD) && student.find(FastTextSettings.LOSS)
        .filter(loss -> loss == LossKind.HIERARCHICAL_SOFTMAX || loss == LossKind.NEGATIVE_SAMPLING).isEmpty()
            ? student.with(FastTextSettings.FOLD, true) : student;
  }

  /** The teacher's kind of target is that of the student. */
  private static void requireTarget(Classifier teacher, Settings settings) {
    TargetKind kind = teacher.target().kind();
    if (kind != settings.get(LabelSettings.TARGET)) {
      throw new UserError("the teacher's target is " + kind.key() + ", not " + settings.get(LabelSettings.TARGET).key()
          + ": leave --target out");
    }
  }

  /** Settings with those that say where pictures are, if these lack them. */
  private static Settings pictured(Settings settings) {
    return settings.has(PictureSettings.IMAGE) ? settings : settings.and(PictureSettings.SECTION);
  }

  /** Refuses rows without pictures for a teacher or a student that reads nothing else. */
  private static void requirePictures(Classifier teacher, DataSettings data, List<String> files, Settings student) {
    boolean isForStudent = student.has(PictureSettings.IMAGE);
    boolean isNamed = PictureSettings.areGiven(data.settings());
    if (isNamed && !isForStudent && !teacher.readsPictures()) {
      throw new UserError("neither the teacher nor the student reads pictures: leave out --image");
    }
    if (teacher.readsText() && !isForStudent) {
      return;
    }
    String who = isForStudent ? "the student" : "the teacher";
    if (!isNamed) {
      throw new UserError(who + " reads pictures: name their column with --image");
    }
    files.stream().filter(file -> Distillation.isOfLines(file, data)).findFirst().ifPresent(file -> {
      throw new UserError(file + " has a text a line, but " + who + " reads pictures: give a table");
    });
  }

  /** What the rows that are written depend on besides the rows that are read. */
  private static String identity(Path model, Settings settings, Settings student, Settings distill)
      throws IOException {
    var data = new DataSettings(settings);
    String trained = ModelSource.read(model, source -> {
      var hash = new Sha256();
      for (String file : List.of(ModelSource.CONFIG, ModelSource.TARGET, ModelSource.PROVENANCE)) {
        if (source.holds(file)) {
          try (InputStream in = source.bytes(file).open()) {
            hash.add(in);
          }
        }
      }
      return hash.hex();
    });
    return String.join("\n", trained, data.text().toString(), data.labels().columns().toString(),
        PictureSettings.column(settings).toString(), PictureSettings.column(student).toString(),
        settings.get(TrainingSettings.SEED).toString(), distill.get(DistillSettings.TEMPERATURE).toString(),
        distill.get(DistillSettings.LABEL_SHARE).toString());
  }

  private static Settings asInTraining(Path model, Settings student) throws IOException {
    return ModelSource.read(model, source -> {
      if (!source.holds(ModelSource.TRAINING)) {
        return student;
      }
      Settings settings = student;
      Settings before = ModelFamily.settingsOf(source);
      for (Setting<?> row : AS_IN_TRAINING) {
        settings = settings.withGiven(row, before);
      }
      return settings;
    });
  }
}
