package crema.family.fusion;

import crema.base.FileTree;
import crema.base.Sha256;
import crema.base.UserError;
import crema.classify.CheckpointSettings;
import crema.classify.Classifier;
import crema.classify.ComputeOptions;
import crema.classify.ModelCopy;
import crema.classify.ModelDirectory;
import crema.classify.ModelFamily;
import crema.classify.ModelSource;
import crema.classify.Run;
import crema.classify.RunContext;
import crema.classify.TrainingListener;
import crema.classify.TrainingResult;
import crema.data.DataProfile;
import crema.data.RowSource;
import crema.data.SplitRows;
import crema.defaults.ChosenSettings;
import crema.nn.ParameterSource;
import crema.nn.io.SafetensorsWriter;
import crema.nn.model.fusion.FusionConfig;
import crema.nn.model.fusion.FusionNetwork;
import crema.nn.train.TrainingLoop;
import crema.run.ModelFiles;
import crema.run.PictureSettings;
import crema.run.PrefixedListener;
import crema.run.RowCounts;
import crema.run.RunRows;
import crema.run.TextRun;
import crema.run.TrainingSettings;
import crema.run.ValidationSettings;
import crema.run.Validator;
import crema.settings.Setting;
import crema.settings.Settings;
import crema.task.AnswerSettings;
import crema.task.LabelSettings;
import crema.task.LossConfig;
import crema.task.ScoredRows;
import crema.task.Target;
import crema.tensor.Backend;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Trains a model of texts, a model of pictures and the network that joins what they say, one after the other; each goes on
 * where it was when the run is resumed. At the end the validation rows decide how much each of the three counts, so
 * that the whole is no worse on them than the texts alone.
 */
final class FusionRun implements Run {
  /** What is about the texts alone: the model of pictures has its own. */
  private static final Set<Setting<?>> OF_TEXTS = Set.of(TrainingSettings.EPOCHS, TrainingSettings.LEARNING_RATE);

  private final Settings settings;
  private final RunContext context;
  private final ModelDirectory directory;
  private final TrainingListener listener;
  private final TextRun run;

  FusionRun(Settings settings, RunContext context) {
    this.settings = settings;
    this.context = context;
    directory = context.directory();
    listener = context.listener();
    run = new TextRun(settings, new AnswerSettings(settings), context);
  }

  @Override
  public TrainingResult run() throws IOException {
    Optional<TrainingResult> rest = run.rest(() -> RunRows.of(context, settings));
    if (rest.isPresent()) {
      return rest.get();
    }
    SplitRows rows = directory.begin(new FusionFamily(), settings, () -> {
      if (!PictureSettings.areGiven(settings)) {
        throw new UserError("a fusion reads pictures beside texts: name their column with --image COLUMN, or take "
            + "--model encoder");
      }
      return RunRows.of(context, settings);
    });
    for (FusionParts.Part part : FusionParts.Part.values()) {
      if (!part.in(directory).isFinished() && !begin(part, rows)) {
        return new TrainingResult(0, 0, null);
      }
    }
    ComputeOptions compute = context.compute().resolved();
    try (var parts = new FusionParts(open(FusionParts.Part.TEXT, compute), open(FusionParts.Part.PICTURE, compute));
        Backend backend = compute.openBackend()) {
      return join(rows, parts, backend);
    }
  }

  private Classifier open(FusionParts.Part part, ComputeOptions compute) throws IOException {
    ModelDirectory own = part.in(directory);
    return ModelFamily.of(own).open(own, compute);
  }

  /** Whether the model of a part is there now; false if the run was asked to stop. */
  private boolean begin(FusionParts.Part part, SplitRows rows) throws IOException {
    Optional<Path> trained = settings.find(part.trained()).map(Path::of);
    if (trained.isEmpty()) {
      return !train(part, rows).isInterrupted();
    }
    FileTree.write(part.in(directory).path(), folder -> ModelSource.read(trained.get(), source -> {
      ModelCopy.of(source, new ModelDirectory(folder));
      return folder;
    }));
    return true;
  }

  private TrainingResult train(FusionParts.Part part, SplitRows rows) throws IOException {
    ModelDirectory own = part.in(directory);
    Files.createDirectories(own.path());
    var ofPart = new SplitRows(having(part, rows.train()), having(part, rows.validation()), RowSource.of(List.of()),
        rows.labels());
    if (RowCounts.isEmpty(ofPart.train())) {
      throw new UserError("no training row has a " + part.key() + ": without any there is nothing to join; "
          + (part == FusionParts.Part.TEXT ? "take --model image" : "take --model encoder"));
    }
    return part.family().newRun(settings(part, ofPart.train()), context.withDirectory(own).withRows(ofPart)
        .withListener(new PrefixedListener(part.heading() + ": ", listener))).run();
  }

  private static RowSource having(FusionParts.Part part, RowSource rows) {
    return switch (part) {
      case TEXT -> rows.map("with text", "", row -> row.text().isBlank() ? null : row);
      case PICTURE -> rows.map("with picture", "", row -> row.meta().picture() == null ? null : row);
    };
  }

  /** The settings of a part: those of this run that its family has too, and what suits its rows. */
  private Settings settings(FusionParts.Part part, RowSource train) {
    Settings own = part.family().settings();
    for (Setting<?> row : own.rows()) {
      if (settings.has(row) && !(part == FusionParts.Part.PICTURE && OF_TEXTS.contains(row))) {
        own = own.withGiven(row, settings);
      }
    }
    Optional<Integer> epochs = settings.find(FusionSettings.VISION_EPOCHS);
    if (part == FusionParts.Part.PICTURE && epochs.isPresent()) {
      own = own.with(TrainingSettings.EPOCHS, epochs.get());
    }
    own = CheckpointSettings.ofPart(own);
    return ChosenSettings.of(part.family().defaultRules(), part.family().resolved(own), DataProfile.of(train))
        .settings();
  }

  private TrainingResult join(SplitRows rows, FusionParts parts, Backend backend) throws IOException {
    var reading = new LabelSettings(settings);
    Target target = Target.of(reading, rows.labels(), LossConfig.defaultOf(reading.kind()).link(reading.kind()),
        new AnswerSettings(settings));
    parts.requireLabels(target, directory.name());
    var counts = RowCounts.of(rows, target.labels());
    listener.stage("Reading what the models of texts and of pictures say");
    FusionRows train = FusionRows.of(rows.train(), target, parts, counts.train(), listener, context.stop());
    FusionRows validation =
        FusionRows.of(rows.validation(), target, parts, counts.validation(), listener, context.stop());
    if (train.nothing() + validation.nothing() > 0) {
      listener.warning(String.format(Locale.ROOT,
          "%,d rows have neither a text nor a picture that can be read, and are left out",
          train.nothing() + validation.nothing()));
    }
    var config = new FusionConfig(settings.get(FusionSettings.FUSION), parts.text().embed("a").length,
        features(train), settings.get(FusionSettings.FUSION_SIZE), settings.get(FusionSettings.LEAST_SHARE),
        settings.get(FusionSettings.FUSION_DROPOUT), target.labels().size());
    var validator = new Validator(target, new AnswerSettings(settings), settings.get(ValidationSettings.METRIC));
    try (
        var network = new FusionNetwork(ParameterSource.random(backend, settings.get(TrainingSettings.SEED)), config)) {
      var training = new FusionTraining(settings, backend, context, target, network, hash(rows));
      TrainingLoop.Outcome outcome = training.run(train, validation, validator);
      if (!outcome.isFinished()) {
        return new TrainingResult(outcome.steps(), outcome.bestStep(), null);
      }
      network.freeze();
      var scores = new FusionScores(validation, training, validator, settings.get(ValidationSettings.METRIC));
      FusionMix mix = scores.best();
      var description = new FusionDescription(config, mix);
      ScoredRows said = scores.said(mix, scores.all());
      Target tuned = target.tuned(new AnswerSettings(settings), said);
      var files = new FusionFiles(network, description);
      var classifier = new FusionClassifier(backend, tuned, parts, network, mix);
      return run.finish(classifier, files, rows, counts, said, outcome.steps(), facts(network, scores, mix));
    }
  }

  private static int features(FusionRows rows) {
    for (int row = 0; row < rows.size(); row++) {
      FusionParts.Said picture = rows.said(row).picture();
      if (picture != null) {
        return picture.vector().length;
      }
    }
    throw new UserError("no training row has a picture that can be read: without any there is nothing to join");
  }

  /** What the vectors depend on: the rows and the parts. */
  private String hash(SplitRows rows) throws IOException {
    var lines = new ArrayList<String>(List.of(RowCounts.hash(rows)));
    for (FusionParts.Part part : FusionParts.Part.values()) {
      ModelDirectory own = part.in(directory);
      for (String file : ModelFamily.of(own).files()) {
        if (Files.isRegularFile(own.file(file))) {
          lines.add(Sha256.ofFile(own.file(file)));
        }
      }
    }
    return Sha256.ofLines(lines);
  }

  private Map<String, String> facts(FusionNetwork network, FusionScores scores, FusionMix mix) {
    var facts = new LinkedHashMap<String, String>();
    facts.put("Model", String.format(Locale.ROOT, "texts and pictures, joined by %s", network.config().kind().key()));
    double texts = network.shareOfTexts();
    facts.put("Shares", String.format(Locale.ROOT,
        "texts %.0f%%, pictures %.0f%% of the weights that read them; the logits count as %s",
        100 * texts, 100 * (1 - texts), mix));
    if (!scores.isEmpty()) {
      facts.put("Both, texts alone, pictures alone", String.format(Locale.ROOT,
          "%s of the validation rows %.4f, %.4f, %.4f, by this model", settings.get(ValidationSettings.METRIC).key(),
          scores.value(mix, scores.all()), scores.value(mix, scores.all().withoutPictures()),
          scores.value(mix, scores.all().withoutTexts())));
    }
    return facts;
  }

  /** The parts are whole models already. */
  private final class FusionFiles implements ModelFiles {
    private final FusionNetwork network;
    private final FusionDescription description;

    FusionFiles(FusionNetwork network, FusionDescription description) {
      this.network = network;
      this.description = description;
    }

    @Override
    public void writeWeights() throws IOException {
      SafetensorsWriter.write(directory.file(FusionFamily.WEIGHTS), network.stateDict(), Map.of());
    }

    @Override
    public void writeDescription() throws IOException {
      description.write(directory);
    }
  }
}
