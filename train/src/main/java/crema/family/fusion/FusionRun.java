package crema.family.fusion;

import crema.base.AtomicFile;
import crema.base.FileTree;
import crema.base.Sha256;
import crema.base.UserError;
import crema.classify.CheckpointSettings;
import crema.classify.ComputeOptions;
import crema.classify.LearningPart;
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
import crema.data.TokenEncoder;
import crema.defaults.ChosenSettings;
import crema.family.encoder.FineTuningSettings;
import crema.family.image.ImageSettings;
import crema.nn.ParameterSource;
import crema.nn.Weights;
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
import java.util.EnumMap;
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

  /** Where the parts are that have learned end to end, until it is clear whether they are better. */
  private static final String JOINT = "cache/joint";

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
    try (Backend backend = compute.openBackend()) {
      return new Joining(rows, backend, compute).run();
    }
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

  /** All that follows when both models are there. */
  private final class Joining {
    private final SplitRows rows;
    private final Backend backend;
    private final ComputeOptions compute;
    private final Target target;
    private final RowCounts counts;
    private final Validator validator;
    private final FusionLoop loops;

    Joining(SplitRows rows, Backend backend, ComputeOptions compute) throws IOException {
      this.rows = rows;
      this.backend = backend;
      this.compute = compute;
      var reading = new LabelSettings(settings);
      target = Target.of(reading, rows.labels(), LossConfig.defaultOf(reading.kind()).link(reading.kind()),
          new AnswerSettings(settings));
      counts = RowCounts.of(rows, target.labels());
      validator = new Validator(target, new AnswerSettings(settings), settings.get(ValidationSettings.METRIC));
      loops = new FusionLoop(settings, context, target, hash(rows));
    }

    TrainingResult run() throws IOException {
      var learning = new EnumMap<FusionParts.Part, LearningPart>(FusionParts.Part.class);
      try (FusionParts parts = FusionParts.open(directory, compute)) {
        parts.requireLabels(target, directory.name());
        openLearning(learning);
        TokenEncoder tokens = Optional.ofNullable(learning.get(FusionParts.Part.TEXT))
            .<TokenEncoder>map(LearningPart::tokens).orElse(_ -> new int[0]);
        listener.stage("Reading what the models of texts and of pictures say");
        var asking = new FusionRows.Asking(target, parts, tokens,
            loops.dataHash() + (learning.containsKey(FusionParts.Part.TEXT) ? " with tokens" : ""), directory.cache(),
            listener, context.stop());
        try (FusionRows train = asking.about("train", rows.train(), counts.train());
            FusionRows validation = asking.about("validation", rows.validation(), counts.validation())) {
          tellOfNothing(train, validation);
          return run(parts, learning, asking, train, validation);
        }
      } finally {
        learning.values().forEach(LearningPart::close);
      }
    }

    /** Opens the parts that learn at the end; not those that were to stay as they are. */
    private void openLearning(Map<FusionParts.Part, LearningPart> learning) throws IOException {
      if (settings.get(FusionSettings.JOINT_EPOCHS) == 0) {
        return;
      }
      for (FusionParts.Part part : FusionParts.Part.values()) {
        ModelDirectory own = part.in(directory);
        boolean stays = part == FusionParts.Part.TEXT ? settings.get(FineTuningSettings.FREEZE_ENCODER)
            : ImageSettings.readsVectors(settings);
        if (!stays) {
          ModelFamily.of(own).openLearning(own, backend, rows, settings, context)
              .ifPresent(opened -> learning.put(part, opened));
        }
      }
    }

    private void tellOfNothing(FusionRows train, FusionRows validation) {
      if (train.nothing() + validation.nothing() > 0) {
        listener.warning(String.format(Locale.ROOT,
            "%,d rows have neither a text nor a picture that can be read, and are left out",
            train.nothing() + validation.nothing()));
      }
      if (train.withPictures().size() == 0) {
        throw new UserError("no training row has a picture that can be read: without any there is nothing to join");
      }
    }

    private FusionNetwork network(FusionRows train, FusionParts parts) {
      var config = new FusionConfig(settings.get(FusionSettings.FUSION),
          parts.features(FusionParts.Part.TEXT), parts.features(FusionParts.Part.PICTURE),
          settings.get(FusionSettings.FUSION_SIZE),
          settings.get(FusionSettings.LEAST_SHARE), settings.get(FusionSettings.FUSION_DROPOUT),
          target.labels().size());
      return new FusionNetwork(ParameterSource.random(backend, settings.get(TrainingSettings.SEED)), config);
    }

    private TrainingResult run(FusionParts parts, Map<FusionParts.Part, LearningPart> learning,
        FusionRows.Asking asking, FusionRows train, FusionRows validation) throws IOException {
      try (FusionNetwork network = network(train, parts)) {
        TrainingLoop.Outcome outcome = new FusionTraining(loops, backend, network).run(train, validation, validator);
        if (!outcome.isFinished()) {
          return new TrainingResult(outcome.steps(), outcome.bestStep(), null);
        }
        var scores = new FusionScores(validation, backend, network, validator);
        FusionMix mix = scores.best();
        if (learning.isEmpty()) {
          return finish(new Joined(parts, network, scores, mix), outcome.steps(), Map.of());
        }
        try (FusionNetwork last = network(train, parts)) {
          last.load(Weights.of(network.stateDict()));
          outcome = new JointTraining(loops, backend, last, learners(learning, parts)).run(train, validation,
              validator, mix);
          return outcome.isFinished()
              ? better(new Joined(parts, network, scores, mix), last, learning, asking, outcome.steps())
              : new TrainingResult(outcome.steps(), outcome.bestStep(), null);
        }
      }
    }

    private Map<FusionParts.Part, JointNetwork.Learner> learners(Map<FusionParts.Part, LearningPart> learning,
        FusionParts parts) {
      var learners = new EnumMap<FusionParts.Part, JointNetwork.Learner>(FusionParts.Part.class);
      learning.forEach((part, opened) -> learners.put(part, new JointNetwork.Learner(opened,
          parts.places(part, target))));
      return learners;
    }

    /** Ends with what was learned end to end, unless the validation rows say that it was better before. */
    private TrainingResult better(Joined before, FusionNetwork last, Map<FusionParts.Part, LearningPart> learning,
        FusionRows.Asking asking, long steps) throws IOException {
      ModelDirectory learned = directory.folder(JOINT);
      FileTree.delete(learned.path());
      for (FusionParts.Part part : FusionParts.Part.values()) {
        ModelDirectory own = part.in(learned);
        Files.createDirectories(own.path());
        ModelCopy.of(part.in(directory), own);
        LearningPart learner = learning.get(part);
        if (learner != null) {
          learner.write(own);
        }
      }
      try (FusionParts parts = FusionParts.open(learned, compute);
          FusionRows validation = asking.of(parts).about("validation-joint", rows.validation(), counts.validation())) {
        var scores = new FusionScores(validation, backend, last, validator);
        var after = new Joined(parts, last, scores, scores.best());
        if (scores.isEmpty()) {
          replace(learning);
          return finish(after, steps, Map.of());
        }
        String metric = settings.get(ValidationSettings.METRIC).key();
        double valueBefore = before.value();
        double valueAfter = after.value();
        boolean isBetter = scores.isBetter(valueAfter, valueBefore);
        var facts = Map.of("End to end", String.format(Locale.ROOT,
            "%s of the validation rows %.4f, with frozen parts %.4f: %s", metric, valueAfter, valueBefore,
            isBetter ? "kept" : "left out"));
        if (isBetter) {
          replace(learning);
          return finish(after, steps, facts);
        }
        return finish(before, steps, facts);
      }
    }

    /** From now on a killed run finds other weights here, but needs none: all stages are in its checkpoints. */
    private void replace(Map<FusionParts.Part, LearningPart> learning) throws IOException {
      for (var part : learning.entrySet()) {
        part.getValue().write(part.getKey().in(directory));
      }
    }

    private TrainingResult finish(Joined joined, long steps, Map<String, String> more) throws IOException {
      joined.network().freeze();
      ScoredRows said = joined.scores().said(joined.mix(), joined.scores().all());
      Target tuned = target.tuned(new AnswerSettings(settings), said);
      var files = new FusionFiles(joined.network(), new FusionDescription(joined.network().config(), joined.mix()));
      var classifier = new FusionClassifier(backend, tuned, joined.parts(), joined.network(), joined.mix());
      Map<String, String> facts = facts(joined.network(), joined.scores(), joined.mix());
      facts.putAll(more);
      return run.finish(classifier, files, rows, counts, said, steps, facts);
    }
  }

  /** What a stage has led to. */
  private record Joined(FusionParts parts, FusionNetwork network, FusionScores scores, FusionMix mix) {
    double value() {
      return scores.value(mix, scores.all());
    }
  }

  /**
   * What the vectors depend on: the rows and the parts as they were when they were first joined. The last stage may
   * replace the weights of parts.
   */
  private String hash(SplitRows rows) throws IOException {
    Path file = Files.createDirectories(directory.cache()).resolve("parts.sha256");
    if (!Files.exists(file)) {
      var lines = new ArrayList<String>();
      for (FusionParts.Part part : FusionParts.Part.values()) {
        ModelDirectory own = part.in(directory);
        for (String name : ModelFamily.of(own).files()) {
          if (Files.isRegularFile(own.file(name))) {
            lines.add(Sha256.ofFile(own.file(name)));
          }
        }
      }
      AtomicFile.writeText(file, Sha256.ofLines(lines));
    }
    return Sha256.ofLines(List.of(RowCounts.hash(rows), Files.readString(file)));
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
